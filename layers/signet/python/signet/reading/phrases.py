"""Phrases by which people ask to hear no more, in the languages of the preference centre."""

from typing import Final

_ENGLISH = """
please stop
pls stop
stop texting
stop messaging
stop sending
stop mailing
stop emailing
stop writing
stop contacting
stop calling
stop bothering
stop spamming
stop spam
stop these
stop the messages
stop the texts
stop the mails
stop the emails
stop all messages
stop messages
stop texts
stop it
don't text me
dont text me
do not text me
don't message me
dont message me
do not message me
don't mail me
dont mail me
do not mail me
don't email me
dont email me
do not email me
don't e-mail me
do not e-mail me
don't write to me
dont write to me
do not write to me
don't contact me
dont contact me
do not contact me
don't send me any more
dont send me any more
do not send me any more
don't send me anymore
no more texts
no more messages
no more mails
no more emails
no more e-mails
no more sms
no more newsletters
no more spam
never text me
never contact me
quit texting
quit messaging
remove me
take me off
leave me alone
unsubscribe me
unsubscribe from
to unsubscribe
unsubscribe please
please unsubscribe
opt me out
opt out
opted out
remove my number
remove my address
remove my email
delete my number
"""
_GERMAN = """
bitte stoppen
bitte stopp
bitte aufhören
bitte aufhoeren
bitte abmelden
bitte abbestellen
hört auf
hoert auf
hören sie auf
hoeren sie auf
keine nachrichten mehr
keine sms mehr
keine mails mehr
keine mail mehr
keine e-mails mehr
keine emails mehr
keine werbung mehr
keinen newsletter mehr
keine newsletter mehr
nicht mehr schreiben
nicht mehr anschreiben
nicht mehr kontaktieren
schreibt mir nicht mehr
schreiben sie mir nicht mehr
kontaktieren sie mich nicht mehr
meldet mich ab
melden sie mich ab
newsletter abbestellen
newsletter abmelden
mich abmelden
lasst mich in ruhe
lassen sie mich in ruhe
nehmt mich aus
nehmen sie mich aus
"""
_FRENCH = """
arrêtez de m'envoyer
arrêtez de m'écrire
arrêtez s'il vous plaît
arrêtez svp
stop svp
merci d'arrêter
merci de ne plus
ne m'écrivez plus
ne m'envoyez plus
ne me contactez plus
ne plus recevoir
ne plus être contacté
ne plus être contactée
plus de messages svp
plus aucun message
plus aucun sms
plus aucun mail
désabonnez-moi
désinscrivez-moi
me désabonner
me désinscrire
laissez-moi tranquille
retirez-moi
supprimez-moi de
"""
_SPANISH = """
no me envíen más
no me envíes más
no me envíe más
no me escriban más
no me escribas más
no me escriba más
no me contacten más
no me manden más
no más mensajes
no más sms
no más correos
no quiero recibir más
no quiero más mensajes
no quiero más correos
dejen de enviarme
deje de enviarme
deja de enviarme
dejen de escribirme
deja de escribirme
dejen de molestar
darme de baja
denme de baja
deme de baja
dame de baja
cancelar mi suscripción
por favor paren
paren por favor
"""
_DUTCH = """
stop met sturen
stop met mailen
stop met appen
stop alsjeblieft
stop alstublieft
alsjeblieft stoppen
geen berichten meer
geen sms meer
geen sms'jes meer
geen mails meer
geen mail meer
geen e-mails meer
geen reclame meer
geen nieuwsbrief meer
niet meer sturen
niet meer mailen
niet meer benaderen
schrijf mij uit
schrijf me uit
meld mij af
meld me af
mij afmelden
me afmelden
mij uitschrijven
me uitschrijven
laat me met rust
laat mij met rust
"""
_ITALIAN = """
non scrivetemi più
non scrivermi più
non mandatemi più
non mandarmi più
non inviatemi più
non contattatemi più
non voglio più ricevere
niente più messaggi
niente più sms
niente più mail
basta messaggi
basta sms
basta mail
basta email
smettete di scrivermi
smettetela di
smettila di
cancellatemi
cancellami dalla
annullare l'iscrizione
disiscrivetemi
voglio disiscrivermi
lasciatemi in pace
per favore basta
"""
_LANGUAGES = (_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _DUTCH, _ITALIAN)

ASKING_PHRASES: Final = tuple(
    line for language in _LANGUAGES for line in language.strip().splitlines()
)
# Words that ask when they stand alone, beside the keywords that are demanded; without accents.
ASKING_WORDS: Final = frozenset(
    """
    abbestellen abmelden afmelden alto arreter arretez aufhoren baja basta cancelar desabonner
    desinscrire disiscrivermi stopp stoppen uitschrijven
    """.split()
)
# In these a word that asks means something else; they are left out before a text is read.
HARMLESS: Final = ("please stop by", "stop by", "bus stop", "don't stop", "do not stop", "non stop")
