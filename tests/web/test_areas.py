"""Every area, on a wide screen and on a tablet held upright, in light and in dark: nothing runs over."""

from __future__ import annotations

import pytest

from support.areas import walk
from support.browser import needs_browser, shoot, violations

pytestmark = needs_browser

# Width, height, and the colours that axe judges there; it takes longest, and areas look at more themselves.
SIZES = {"wide": (1360, 860, "dark"), "narrow": (768, 1024, "light")}

# What reaches over the right edge of the screen: texts with no parent that scrolls or cuts them, and
# controls that are cut off where nothing scrolls to them.
RUNS_OVER = """
() => {
  const over = [];
  for (const each of document.querySelectorAll('body *')) {
    const box = each.getBoundingClientRect();
    if (box.width === 0 || box.right <= window.innerWidth + 1) continue;
    const isControl = each.matches('a, button, input, select, textarea') && box.height > 1;
    const seen = isControl ? ['visible', 'hidden', 'clip'] : ['visible'];
    let parent = each.parentElement;
    while (parent && seen.includes(getComputedStyle(parent).overflowX)) parent = parent.parentElement;
    if (!parent || parent === document.documentElement) over.push(each.outerHTML.slice(0, 120));
  }
  if (document.documentElement.scrollWidth > window.innerWidth) over.push('the page scrolls sideways');
  return over.slice(0, 5);
}
"""


@pytest.mark.parametrize("size", SIZES)
def test_every_area_fits_and_can_be_read(admin_page, shop_server, size: str) -> None:
    page = admin_page
    width, height, judged = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    wrong: dict[str, list[str]] = {}
    for area in walk(page, shop_server):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            name = f"area-{area.name}-{size}-{theme}"
            shoot(page, name)
            found = page.evaluate(RUNS_OVER) + (violations(page) if theme == judged else [])
            if found:
                wrong[name] = found
    assert not wrong
