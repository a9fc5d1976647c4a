"""The words of our pages in Italian."""

from functions.ingest.wording.words import Words

WORDS = Words(
    language="it",
    thanks_title="Grazie",
    thanks_text="Abbiamo ricevuto quanto ha inviato.",
    unsubscribe_title="Annullare l'iscrizione?",
    unsubscribe_text="Non riceverà più messaggi di questo tipo.",
    unsubscribe_button="Annulla l'iscrizione",
    unsubscribed_title="L'iscrizione è annullata",
    unsubscribed_text="Non deve fare altro.",
    choose_link="Scegliere che cosa riceve da noi",
    title="Che cosa desidera ricevere da noi?",
    intro="Selezioni ciò che desidera e lasci vuoto il resto. Vale subito.",
    saved="Salvato. Ecco che cosa vale adesso.",
    channels={
        "email": "E-mail",
        "sms": "SMS",
        "push": "Notifica sul dispositivo",
        "letter": "Lettera",
        "voice": "Telefonata",
        "whatsapp": "WhatsApp",
    },
    often="Con quale frequenza?",
    frequencies={
        "any": "Ogni volta che c'è qualcosa da dire",
        "day": "Al massimo una volta al giorno",
        "week": "Al massimo una volta alla settimana",
        "month": "Al massimo una volta al mese",
    },
    save_button="Salva",
    pause="Una pausa",
    pause_text="Durante una pausa riceve solo il necessario, come ricevute e risposte.",
    pause_button="Sospendi tutto per un mese",
    paused="Tutto è sospeso fino al {date}.",
    resume_button="Termina ora la pausa",
    none="Più niente",
    none_text=(
        "Non riceverà più nessuno dei messaggi qui sopra. Il necessario, come le "
        "ricevute, arriverà ancora."
    ),
    none_button="Annulla tutte le iscrizioni",
    unshared="I suoi dati non vengono né venduti né condivisi.",
    refused_title="Non è stato possibile accettare",
    refused_text="Torni indietro e controlli:",
    refused_back="Torna alla sua scelta",
    confirm_title="Conferma, per favore",
    confirm_text="Riceverai i messaggi che hai chiesto.",
    confirm_button="Sì, li voglio",
    confirmed_title="Confermato",
    confirmed_text="Riceverai ciò che hai chiesto. Puoi smettere in qualsiasi momento.",
    late_title="Questo link è troppo vecchio",
    late_text="Non è stato cambiato nulla. Chiedilo di nuovo, per favore.",
    overtaken_title="Nel frattempo ti sei disiscritto",
    overtaken_text=(
        "Non è stato cambiato nulla. Se vuoi comunque questi messaggi, chiedili di nuovo."
    ),
    day="{day} {month} {year}",
    months=(
        "gennaio febbraio marzo aprile maggio giugno "
        "luglio agosto settembre ottobre novembre dicembre"
    ),
)
