"""Plain pages outside the Gradio page: signing in, the password, and why something is refused."""

from __future__ import annotations

from ui.look import theme
from ui.look.notice import shipped_notice
from ui.look.templates import escape
from ui.words.catalogue import direction, say, spoken


def sign_in_page(said: str = "") -> str:
    """Return the page to sign in on.

    Args:
        said: what the reader should know first: why they see it again.
    """
    return _page(
        say("door.sign_in"),
        f"""{_said(said)}
<form method="post" action="/sign-in">
<label for="name">{say("door.name")}</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false"
 maxlength="64" required autofocus>
<label for="password">{say("door.password")}</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 maxlength="200" required>
<button>{say("door.sign_in")}</button>
</form>""",
    )


def account_page(name: str, said: str = "") -> str:
    """Return the page to change a password on.

    Args:
        name: whose.
        said: what the reader should know first: why it was not changed.
    """
    return _page(
        say("page.account"),
        f"""{_said(said)}
<p>{say("door.signed_in_as", name=escape(name))}</p>
<form method="post" action="/account">
<label for="current">{say("door.current")}</label>
<input id="current" name="current" type="password" autocomplete="current-password"
 maxlength="200" required>
<label for="fresh">{say("door.fresh")}</label>
<input id="fresh" name="fresh" type="password" autocomplete="new-password" minlength="15"
 maxlength="200" required>
<button>{say("door.set")}</button>
</form>
<p><a href="/">{say("door.back")}</a></p>""",
    )


def told_page(sentence: str) -> str:
    """Return a page that says one sentence."""
    return _page(say("door.refused"), f'<p role="alert">{escape(sentence)}</p>')


def _said(sentence: str) -> str:
    return f'<p class="said" role="alert">{escape(sentence)}</p>' if sentence else ""


def _page(title: str, content: str) -> str:
    return f"""<!doctype html>
<html lang="{spoken()}" dir="{direction()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - {say("page.title")}</title>
<link rel="icon" href="/favicon.ico" type="image/svg+xml">
<style>{theme.plain_stylesheet("door")}</style>
</head>
<body>
<main>
<p class="name">{say("page.title")}</p>
<h1>{title}</h1>
{content}
<footer>{shipped_notice()}</footer>
</main>
</body>
</html>
"""
