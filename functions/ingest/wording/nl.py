"""The words of our pages in Dutch."""

from functions.ingest.wording.words import Words

WORDS = Words(
    language="nl",
    thanks_title="Bedankt",
    thanks_text="We hebben ontvangen wat u hebt gestuurd.",
    unsubscribe_title="Afmelden?",
    unsubscribe_text="U krijgt dan geen berichten van dit soort meer.",
    unsubscribe_button="Afmelden",
    unsubscribed_title="U bent afgemeld",
    unsubscribed_text="U hoeft verder niets te doen.",
    choose_link="Kiezen wat u van ons krijgt",
    title="Wat wilt u van ons krijgen?",
    intro="Vink aan wat u wilt, en laat weg wat u niet wilt. Het geldt meteen.",
    saved="Opgeslagen. Dit geldt nu.",
    channels={
        "email": "E-mail",
        "sms": "Sms",
        "push": "Melding op uw toestel",
        "letter": "Brief",
        "voice": "Telefoon",
        "whatsapp": "WhatsApp",
    },
    often="Hoe vaak?",
    frequencies={
        "any": "Zo vaak als er iets te melden is",
        "day": "Hoogstens één keer per dag",
        "week": "Hoogstens één keer per week",
        "month": "Hoogstens één keer per maand",
    },
    save_button="Opslaan",
    pause="Een pauze",
    pause_text=("Tijdens een pauze krijgt u alleen wat u nodig hebt, zoals bonnen en antwoorden."),
    pause_button="Alles een maand pauzeren",
    paused="Alles is gepauzeerd tot {date}.",
    resume_button="Pauze nu beëindigen",
    none="Niets meer",
    none_text=(
        "U krijgt geen van de berichten hierboven meer. Wat u nodig hebt, zoals "
        "bonnen, komt nog steeds."
    ),
    none_button="Voor alles afmelden",
    unshared="Uw gegevens worden niet verkocht en niet gedeeld.",
    refused_title="Dat kon niet worden aangenomen",
    refused_text="Ga terug en controleer:",
    refused_back="Terug naar uw keuze",
    confirm_title="Bevestig dit",
    confirm_text="U krijgt berichten van het soort waar u om hebt gevraagd.",
    confirm_button="Ja, ik wil ze ontvangen",
    confirmed_title="Bevestigd",
    confirmed_text="U krijgt waar u om hebt gevraagd. U kunt op elk moment stoppen.",
    late_title="Deze link is te oud",
    late_text="Er is niets veranderd. Vraag het nog een keer aan.",
    overtaken_title="U hebt zich intussen afgemeld",
    overtaken_text="Er is niets veranderd. Wilt u deze berichten toch, vraag ze dan opnieuw aan.",
    day="{day} {month} {year}",
    months=(
        "januari februari maart april mei juni juli augustus september oktober november december"
    ),
)
