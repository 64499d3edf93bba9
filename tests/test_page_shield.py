"""The shield: nothing that names another host reaches a browser, and no script that is not the page's own runs."""

from __future__ import annotations

from assistant.page.shield import changed


def test_the_shield_removes_other_hosts_and_marks_the_pages_own_scripts() -> None:
    html = (
        '<html\n\tlang="en"><head>\n<meta property="og:url" content="https://gradio.app/" />'
        '<link rel="preconnect" href="https://fonts.example" /><script>1</script></head>'
        '<body style="margin: 0"><p></p></body></html>'
    )
    assert changed(html, "<link>", "<nav></nav>", "N") == (
        '<html\n\tlang="zh-CN"><head><link><script nonce="N">1</script></head>'
        '<body style="margin: 0"><nav></nav><p></p></body></html>'
    )
