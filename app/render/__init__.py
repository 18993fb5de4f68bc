"""From geometry and graph to SVG and the other formats."""
