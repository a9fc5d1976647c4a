"""The words of our pages in Spanish."""

from functions.ingest.wording.words import Words

WORDS = Words(
    language="es",
    thanks_title="Gracias",
    thanks_text="Hemos recibido lo que nos ha enviado.",
    unsubscribe_title="¿Darse de baja?",
    unsubscribe_text="Ya no recibirá mensajes de este tipo.",
    unsubscribe_button="Darse de baja",
    unsubscribed_title="Se ha dado de baja",
    unsubscribed_text="No tiene que hacer nada más.",
    choose_link="Elegir qué recibe de nosotros",
    title="¿Qué desea recibir de nosotros?",
    intro="Marque lo que quiere y desmarque lo que no quiere. Vale de inmediato.",
    saved="Guardado. Esto es lo que vale ahora.",
    channels={
        "email": "Correo electrónico",
        "sms": "SMS",
        "push": "Notificación en su dispositivo",
        "letter": "Carta",
        "voice": "Llamada",
        "whatsapp": "WhatsApp",
    },
    often="¿Con qué frecuencia?",
    frequencies={
        "any": "Siempre que haya algo que contar",
        "day": "Como máximo una vez al día",
        "week": "Como máximo una vez a la semana",
        "month": "Como máximo una vez al mes",
    },
    save_button="Guardar",
    pause="Una pausa",
    pause_text="Durante una pausa solo recibe lo necesario, como recibos y respuestas.",
    pause_button="Pausar todo durante un mes",
    paused="Todo está en pausa hasta el {date}.",
    resume_button="Terminar la pausa ahora",
    none="Nada más",
    none_text=(
        "Ya no recibirá ninguno de los mensajes de arriba. Lo necesario, como los "
        "recibos, seguirá llegando."
    ),
    none_button="Darse de baja de todo",
    unshared="Sus datos no se venden ni se comparten.",
    refused_title="No se ha podido aceptar",
    refused_text="Vuelva atrás y compruebe:",
    refused_back="Volver a su elección",
    confirm_title="Confirme, por favor",
    confirm_text="Recibirá los mensajes que ha pedido.",
    confirm_button="Sí, los quiero",
    confirmed_title="Confirmado",
    confirmed_text="Recibirá lo que ha pedido. Puede darse de baja en cualquier momento.",
    late_title="Este enlace es demasiado antiguo",
    late_text="No se ha cambiado nada. Pídalo de nuevo, por favor.",
    overtaken_title="Se ha dado de baja entretanto",
    overtaken_text="No se ha cambiado nada. Si aun así quiere estos mensajes, pídalos de nuevo.",
    day="{day} de {month} de {year}",
    months=(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ),
)
