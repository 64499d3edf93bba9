"""What is no question to the documents: greetings, thanks, requests for other work, attempts to give orders."""

from __future__ import annotations

import re

from assistant.prompts import render

_LONGEST = 24
"""Characters of a greeting or of thanks."""
_CLOSE = r"[你您了,，!！。.~ 呀啊]*$"
_GREETING = re.compile(
    rf"^(?:(?:你好|您好|hi|hello|hey|嗨|哈喽|早上好|上午好|中午好|下午好|晚上好|早|在吗|有人吗|大家好)[呀啊，,!！。~ ]*)+{_CLOSE}"
    r"|^(?:你好|您好)?[，,]?[你您](?:是谁|是什么|叫什么(?:名字)?|(?:能|可以|会)(?:做|干|帮我做|回答)(?:些|点)?(?:什么|啥|哪些问题))[呀啊呢?？。]*$",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^(?:(?:非常|十分|太|好的?|多)?(?:谢谢|多谢|感谢|谢了|谢啦|辛苦了?|好的|好吧|好|嗯嗯?|哦+|行|可以了|没问题|明白了?|知道了|懂了|了解了|清楚了|收到"
    rf"|没有?了|没事了|再见|拜拜|不用了|ok|okay|thanks|thank you|bye){_CLOSE[:-1]})+$",
    re.IGNORECASE,
)

_BEGIN = r"(?:^|[，,。；;！!？?：:\s])\s*(?:请|请你|现在|立即|马上|你)?"
_ORDERS = r"(?:指令|指示|要求|提示|规则|内容|设定|限制|身份|文件|对话)"
_INSTRUCTIONS = (
    rf"{_BEGIN}(?:忽略|无视|忘记|忘掉|抛开|绕过|不要遵守|不要理会|不要管).{{0,14}}{_ORDERS}",
    r"系统提示|提示词|system\s*prompt|jailbreak|developer\s+mode|开发者模式|越狱",
    r"\b(?:ignore|disregard|forget)\s+(?:all|any|the|previous|above|your|everything)\b",
    r"你现在是|从现在起|(?:^|[，,。])\s*(?:请你?)?(?:假装|扮演|假设你是)|\b(?:pretend|act as|you are now)\b",
    rf"{_BEGIN}(?:重复|复述|输出|打印|泄露|显示|告诉我你的).{{0,8}}(?:指令|提示|配置|密码|密钥|设定|以上)",
)
_OTHER_WORK = (
    r"(?:写|创作|生成|编|作|讲|来).{0,4}(?:首|篇|段|个|则|副).{0,8}(?:诗|词|歌|小说|故事|笑话|作文|代码|程序|脚本|对联|情书|文章)",
    r"(?:写|作|编)(?:诗|代码|小说|情书|对联)|讲(?:笑话|故事)|翻译成|陪我(?:聊|说|玩)",
    r"\b(?:write|tell|compose)\b.{0,20}\b(?:poem|story|code|essay|song|joke|script)\b",
)
_NOT_OURS = re.compile("|".join((*_INSTRUCTIONS, *_OTHER_WORK)), re.IGNORECASE)


def reply(text: str) -> str:
    """What is said to ``text`` if it asks nothing of the documents; an empty string if it does.

    An order to set rules aside is turned down whole, whatever question stands beside it.
    """
    if len(text) <= _LONGEST:
        for pattern, prompt in ((_GREETING, "greeting"), (_THANKS, "thanks")):
            if pattern.search(text):
                return render(prompt)
    return render("instruction") if _NOT_OURS.search(text) else ""
