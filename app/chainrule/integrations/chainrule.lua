-- A filter for Quarto and pandoc: a code block of the class chainrule becomes the autograd graph of its program.
--
--   ```{.chainrule inputs='{"x": [1, 2]}' theme="light"}
--   (2 * x).sum()
--   ```
--
-- Attributes: those of `chainrule render` (view, theme, step, seed, root, gradient, ...), `input` ("x=[1,2]"), alt,
-- width, show-source="true", raises="true" (the program is meant to fail), on-error="warn".
-- The environment variable CHAINRULE_COMMAND names the command, where it is not `chainrule`.

local OWN = { alt = true, width = true, height = true, ["show-source"] = true, raises = true, ["on-error"] = true }

local function command()
  local words = {}
  for word in (os.getenv("CHAINRULE_COMMAND") or "chainrule"):gmatch("%S+") do words[#words + 1] = word end
  return table.remove(words, 1), words
end

local function format_of()
  if FORMAT:match("latex") or FORMAT:match("beamer") then return "pdf", "application/pdf" end
  if FORMAT:match("html") or FORMAT:match("epub") or FORMAT:match("revealjs") then return "svg", "image/svg+xml" end
  return "png", "image/png"
end

local function draw(block)
  local suffix, kind = format_of()
  local program, words = command()
  for _, word in ipairs({ "render", "-", "-o", "-", "--quiet", "--format", suffix }) do words[#words + 1] = word end
  for name, value in pairs(block.attributes) do
    if not OWN[name] then
      words[#words + 1] = "--" .. name
      words[#words + 1] = value
    end
  end
  local ran, result = pcall(pandoc.pipe, program, words, block.text)
  if ran then return suffix, kind, result end
  local output = type(result) == "table" and result.output or ""
  if block.attributes.raises and output ~= "" then return suffix, kind, output end
  local told = "chainrule: the program failed (" .. tostring(type(result) == "table" and result.error_code or result)
    .. "): " .. block.text:match("^[^\n]*")
  if block.attributes["on-error"] == "warn" then
    io.stderr:write(told .. "\n")
    return nil
  end
  error(told)
end

function CodeBlock(block)
  if not block.classes:includes("chainrule") then return nil end
  local suffix, kind, content = draw(block)
  if not content then return nil end
  local name = "chainrule-" .. pandoc.utils.sha1(content) .. "." .. suffix
  pandoc.mediabag.insert(name, kind, content)
  local alt = block.attributes.alt or ("Autograd graph of: " .. block.text)
  local sizes = { width = block.attributes.width, height = block.attributes.height }
  local image = pandoc.Para({ pandoc.Image({ pandoc.Str(alt) }, name, "", pandoc.Attr(block.identifier, { "chainrule" }, sizes)) })
  if not block.attributes["show-source"] then return image end
  return { pandoc.CodeBlock(block.text, pandoc.Attr("", { "python" })), image }
end
