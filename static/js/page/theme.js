// Runs before the first paint: says that scripts are on, and applies the remembered theme.
{
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("chainrule.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage may be refused: the page follows the system then.
  }
}
