"""The words of our pages in English."""

from functions.ingest.wording.words import Words

WORDS = Words(
    language="en",
    thanks_title="Thank you",
    thanks_text="We have received what you sent.",
    unsubscribe_title="Unsubscribe?",
    unsubscribe_text="You will no longer get messages of this kind.",
    unsubscribe_button="Unsubscribe",
    unsubscribed_title="You are unsubscribed",
    unsubscribed_text="You need to do nothing more.",
    choose_link="Choose what you get from us",
    title="What would you like to get from us?",
    intro="Tick what you want, and leave out what you do not want. It holds at once.",
    saved="Saved. This is what holds now.",
    channels={
        "email": "E-mail",
        "sms": "Text message (SMS)",
        "push": "Notification on your device",
        "letter": "Letter",
        "voice": "Phone call",
        "whatsapp": "WhatsApp",
    },
    often="How often?",
    frequencies={
        "any": "As often as there is something to say",
        "day": "At most once a day",
        "week": "At most once a week",
        "month": "At most once a month",
    },
    save_button="Save",
    pause="A break",
    pause_text="During a break you get only what you need, such as receipts and answers.",
    pause_button="Pause everything for a month",
    paused="Everything is paused until {date}.",
    resume_button="End the break now",
    none="Nothing more",
    none_text=(
        "You will get none of the messages above any more. What you need, such as "
        "receipts, still comes."
    ),
    none_button="Unsubscribe from everything",
    unshared="Your data are neither sold nor shared.",
    refused_title="That could not be accepted",
    refused_text="Please go back and check:",
    refused_back="Back to your choice",
    confirm_title="Please confirm",
    confirm_text="You will get messages of the kind that you asked for.",
    confirm_button="Yes, I want them",
    confirmed_title="Confirmed",
    confirmed_text="You will get what you asked for. You can end it at any time.",
    late_title="This link is too old",
    late_text="Nothing was changed. Please ask for it once more.",
    overtaken_title="You have unsubscribed since",
    overtaken_text=(
        "Nothing was changed. If you want these messages after all, please ask for them again."
    ),
    day="{day} {month} {year}",
    months=(
        "January February March April May June July August September October November December"
    ),
)
