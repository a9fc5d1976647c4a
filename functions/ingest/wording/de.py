"""The words of our pages in German."""

from functions.ingest.wording.words import Words

WORDS = Words(
    language="de",
    thanks_title="Vielen Dank",
    thanks_text="Ihre Angaben sind angekommen.",
    unsubscribe_title="Abmelden?",
    unsubscribe_text="Sie erhalten dann keine Nachrichten dieser Art mehr.",
    unsubscribe_button="Abmelden",
    unsubscribed_title="Sie sind abgemeldet",
    unsubscribed_text="Sie müssen nichts weiter tun.",
    choose_link="Auswählen, was Sie von uns erhalten",
    title="Was möchten Sie von uns erhalten?",
    intro=(
        "Kreuzen Sie an, was Sie möchten, und lassen Sie weg, was Sie nicht möchten. "
        "Es gilt sofort."
    ),
    saved="Gespeichert. Das gilt jetzt.",
    channels={
        "email": "E-Mail",
        "sms": "SMS",
        "push": "Mitteilung auf Ihrem Gerät",
        "letter": "Brief",
        "voice": "Anruf",
        "whatsapp": "WhatsApp",
    },
    often="Wie oft?",
    frequencies={
        "any": "So oft es etwas zu sagen gibt",
        "day": "Höchstens einmal am Tag",
        "week": "Höchstens einmal in der Woche",
        "month": "Höchstens einmal im Monat",
    },
    save_button="Speichern",
    pause="Eine Pause",
    pause_text=(
        "Während einer Pause erhalten Sie nur, was Sie brauchen, etwa Belege und Antworten."
    ),
    pause_button="Alles für einen Monat pausieren",
    paused="Bis zum {date} ist alles pausiert.",
    resume_button="Pause jetzt beenden",
    none="Gar nichts mehr",
    none_text=(
        "Sie erhalten keine der Nachrichten oben mehr. Was Sie brauchen, etwa Belege, "
        "kommt weiterhin."
    ),
    none_button="Von allem abmelden",
    unshared="Ihre Daten werden weder verkauft noch weitergegeben.",
    refused_title="Das konnte nicht angenommen werden",
    refused_text="Bitte gehen Sie zurück und prüfen Sie:",
    refused_back="Zurück zu Ihrer Auswahl",
    confirm_title="Bitte bestätigen",
    confirm_text="Sie bekommen dann Nachrichten der Art, um die Sie gebeten haben.",
    confirm_button="Ja, ich möchte sie",
    confirmed_title="Bestätigt",
    confirmed_text="Sie bekommen, worum Sie gebeten haben. Sie können es jederzeit beenden.",
    late_title="Dieser Link ist zu alt",
    late_text="Es wurde nichts geändert. Bitte fordern Sie ihn noch einmal an.",
    overtaken_title="Sie haben sich inzwischen abgemeldet",
    overtaken_text=(
        "Es wurde nichts geändert. Wenn Sie diese Nachrichten doch möchten, fordern Sie sie "
        "bitte noch einmal an."
    ),
    day="{day}. {month} {year}",
    months=("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
)
