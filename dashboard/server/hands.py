"""Keyboard and touch: behaviour that people expect of the page and the platform leaves out.

A script in the browser sets the cursor into the first field of a dialog, and into a popover that was opened by a key;
back to what opened the dialog once it is saved. It goes through the finder's hits with the arrow keys, chooses the row
of a table by Enter, and closes the menu of a narrow screen after a choice, so that it never lies over a page that
opens. It has the page drawn again when the browser goes dark or light meanwhile.
"""

from pathlib import Path

WATCH_HANDS = f"<script>{Path(__file__).with_name('hands.js').read_text(encoding='utf-8')}</script>"
