"""Templates to begin with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Starter:
    """A template to begin with, and what it is for."""

    name: str
    subject: str
    body: str
    purpose: str = ""


# Every variable has a fallback: they can be sent to everybody as they are.
STARTERS = (
    Starter(
        "Good to meet you",
        "Good to meet you at {{eventName|the event}}",
        """Hi {{firstName|there}},

it was good to meet you at {{eventName|the event}}. I would like to hear more about what you do at \
{{company|your company}}.

Would you have twenty minutes for a call next week?

Best regards""",
        "A first follow-up, a few days after the event",
    ),
    Starter(
        "What we talked about",
        "Our talk at {{eventName|the event}}",
        """Hello {{firstName|there}},

thank you for your time at {{eventName|the event}}. I promised to come back to you, and here I am.

What would be the best next step on your side? I am glad to send more, or to call you.

Best regards""",
        "To those you promised something",
    ),
    # A file cannot carry the header by which mail programs offer to unsubscribe: the words have to.
    Starter(
        "News, with a way out",
        "Something new for {{company|your company}}",
        """Hello {{firstName|there}},

we met at {{eventName|an event}} in {{eventLocation|person}}, and you gave me your card. Since then we have finished \
something that may be of use at {{company|your company}}. May I send you a short summary?

Best regards

You get this e-mail because we met at {{eventName|an event}}. If you would rather not hear from me again, answer \
"no thanks" and I will not write to you any more.""",
        "To many, with a line to opt out by",
    ),
)
EMPTY = Starter(
    "An empty page",
    "Our talk at {{eventName|the event}}",
    "Hi {{firstName|there}},\n\n…\n\nBest regards",
    "Only a greeting",
)
