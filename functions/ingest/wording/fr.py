"""The words of our pages in French."""

from functions.ingest.wording.words import Words

WORDS = Words(
    language="fr",
    thanks_title="Merci",
    thanks_text="Nous avons bien reçu votre envoi.",
    unsubscribe_title="Se désabonner ?",
    unsubscribe_text="Vous ne recevrez plus de messages de ce type.",
    unsubscribe_button="Se désabonner",
    unsubscribed_title="Vous êtes désabonné(e)",
    unsubscribed_text="Vous n'avez rien d'autre à faire.",
    choose_link="Choisir ce que vous recevez de nous",
    title="Que souhaitez-vous recevoir de nous ?",
    intro=(
        "Cochez ce que vous voulez et décochez ce que vous ne voulez pas. Votre choix "
        "vaut tout de suite."
    ),
    saved="C'est enregistré. Voici ce qui vaut maintenant.",
    channels={
        "email": "E-mail",
        "sms": "SMS",
        "push": "Notification sur votre appareil",
        "letter": "Courrier",
        "voice": "Appel",
        "whatsapp": "WhatsApp",
    },
    often="À quelle fréquence ?",
    frequencies={
        "any": "Chaque fois qu'il y a quelque chose à dire",
        "day": "Au plus une fois par jour",
        "week": "Au plus une fois par semaine",
        "month": "Au plus une fois par mois",
    },
    save_button="Enregistrer",
    pause="Une pause",
    pause_text=(
        "Pendant une pause, vous ne recevez que le nécessaire, comme les reçus et les réponses."
    ),
    pause_button="Tout suspendre pendant un mois",
    paused="Tout est suspendu jusqu'au {date}.",
    resume_button="Terminer la pause maintenant",
    none="Plus rien",
    none_text=(
        "Vous ne recevrez plus aucun des messages ci-dessus. Le nécessaire, comme les "
        "reçus, arrivera toujours."
    ),
    none_button="Se désabonner de tout",
    unshared="Vos données ne sont ni vendues ni partagées.",
    refused_title="Cela n'a pas pu être accepté",
    refused_text="Veuillez revenir en arrière et vérifier :",
    refused_back="Revenir à votre choix",
    confirm_title="Veuillez confirmer",
    confirm_text="Vous recevrez les messages que vous avez demandés.",
    confirm_button="Oui, je les souhaite",
    confirmed_title="C'est confirmé",
    confirmed_text=(
        "Vous recevrez ce que vous avez demandé. Vous pouvez y mettre fin à tout moment."
    ),
    late_title="Ce lien est trop ancien",
    late_text="Rien n'a été modifié. Veuillez refaire votre demande.",
    overtaken_title="Vous vous êtes désabonné depuis",
    overtaken_text=(
        "Rien n'a été modifié. Si vous souhaitez tout de même ces messages, veuillez refaire "
        "votre demande."
    ),
    day="{day} {month} {year}",
    months=("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
)
