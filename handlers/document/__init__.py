"""Papers: numbers, layout in Chinese, QR code, seal, signature. The words of each paper stand in the domain's `documents`."""

from handlers.document.press import Press, open_press

__all__ = ["Press", "open_press"]
