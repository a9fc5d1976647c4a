"""
Countries and territories by code and English name, with the time zone where there is one.

The codes are those of ISO 3166, with the XK that is in use for Kosovo; a zone stands where all of a
country's clocks have shown the same since 2022, and `-` where they have not.
"""

import unicodedata
from functools import cache
from typing import NamedTuple


class Country(NamedTuple):
    """A row of the table."""

    code: str
    code3: str
    zone: str | None
    names: tuple[str, ...]


@cache
def table() -> dict[str, Country]:
    """Give every country by its code of two letters."""
    rows = (line.split(" ", 3) for line in _TABLE.strip().splitlines())
    return {
        code: Country(code, code3, None if zone == "-" else zone, tuple(names.split("|")))
        for code, code3, zone, names in rows
    }


@cache
def codes() -> dict[str, str]:
    """Give the codes of two letters by everything a country may be called, folded."""
    return {
        folded(name): row.code
        for row in table().values()
        for name in (*row.names, row.code3, row.code)
    }


def folded(name: str) -> str:
    """Fold a name for comparing: without case, marks, dots, articles and doubled spaces."""
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    letters = "".join(c for c in plain if not unicodedata.combining(c) and c not in ".'\u2019")
    words = ["saint" if word == "st" else word for word in letters.replace("-", " ").split()]
    return " ".join(words[1:] if words[:1] == ["the"] else words)


_TABLE = """
AD AND Europe/Andorra Andorra
AE ARE Asia/Dubai United Arab Emirates|UAE|Emirates
AF AFG Asia/Kabul Afghanistan
AG ATG America/Antigua Antigua and Barbuda
AI AIA America/Anguilla Anguilla
AL ALB Europe/Tirane Albania
AM ARM Asia/Yerevan Armenia
AO AGO Africa/Luanda Angola
AQ ATA - Antarctica
AR ARG America/Argentina/Buenos_Aires Argentina
AS ASM Pacific/Pago_Pago American Samoa
AT AUT Europe/Vienna Austria|Österreich
AU AUS - Australia
AW ABW America/Aruba Aruba
AX ALA Europe/Mariehamn Åland Islands
AZ AZE Asia/Baku Azerbaijan
BA BIH Europe/Sarajevo Bosnia and Herzegovina|Bosnia
BB BRB America/Barbados Barbados
BD BGD Asia/Dhaka Bangladesh
BE BEL Europe/Brussels Belgium
BF BFA Africa/Ouagadougou Burkina Faso
BG BGR Europe/Sofia Bulgaria
BH BHR Asia/Bahrain Bahrain
BI BDI Africa/Bujumbura Burundi
BJ BEN Africa/Porto-Novo Benin
BL BLM America/St_Barthelemy Saint Barthélemy
BM BMU Atlantic/Bermuda Bermuda
BN BRN Asia/Brunei Brunei|Brunei Darussalam
BO BOL America/La_Paz Bolivia
BQ BES America/Kralendijk Bonaire, Sint Eustatius and Saba|Caribbean Netherlands
BR BRA - Brazil|Brasil
BS BHS America/Nassau Bahamas
BT BTN Asia/Thimphu Bhutan
BV BVT - Bouvet Island
BW BWA Africa/Gaborone Botswana
BY BLR Europe/Minsk Belarus
BZ BLZ America/Belize Belize
CA CAN - Canada
CC CCK Indian/Cocos Cocos Islands|Keeling Islands
CD COD - Democratic Republic of the Congo|DR Congo|Congo-Kinshasa
CF CAF Africa/Bangui Central African Republic
CG COG Africa/Brazzaville Congo|Republic of the Congo|Congo-Brazzaville
CH CHE Europe/Zurich Switzerland|Schweiz|Suisse|Svizzera
CI CIV Africa/Abidjan Côte d'Ivoire|Ivory Coast
CK COK Pacific/Rarotonga Cook Islands
CL CHL - Chile
CM CMR Africa/Douala Cameroon
CN CHN - China|People's Republic of China
CO COL America/Bogota Colombia
CR CRI America/Costa_Rica Costa Rica
CU CUB America/Havana Cuba
CV CPV Atlantic/Cape_Verde Cabo Verde|Cape Verde
CW CUW America/Curacao Curaçao
CX CXR Indian/Christmas Christmas Island
CY CYP Asia/Nicosia Cyprus
CZ CZE Europe/Prague Czechia|Czech Republic
DE DEU Europe/Berlin Germany|Federal Republic of Germany|Deutschland
DJ DJI Africa/Djibouti Djibouti
DK DNK Europe/Copenhagen Denmark
DM DMA America/Dominica Dominica
DO DOM America/Santo_Domingo Dominican Republic
DZ DZA Africa/Algiers Algeria
EC ECU - Ecuador
EE EST Europe/Tallinn Estonia
EG EGY Africa/Cairo Egypt
EH ESH Africa/El_Aaiun Western Sahara
ER ERI Africa/Asmara Eritrea
ES ESP - Spain|España
ET ETH Africa/Addis_Ababa Ethiopia
FI FIN Europe/Helsinki Finland
FJ FJI Pacific/Fiji Fiji
FK FLK Atlantic/Stanley Falkland Islands
FM FSM - Micronesia
FO FRO Atlantic/Faroe Faroe Islands
FR FRA Europe/Paris France
GA GAB Africa/Libreville Gabon
GB GBR Europe/London United Kingdom|UK|Great Britain|England|Scotland|Wales|Northern Ireland
GD GRD America/Grenada Grenada
GE GEO Asia/Tbilisi Georgia
GF GUF America/Cayenne French Guiana
GG GGY Europe/Guernsey Guernsey
GH GHA Africa/Accra Ghana
GI GIB Europe/Gibraltar Gibraltar
GL GRL - Greenland
GM GMB Africa/Banjul Gambia
GN GIN Africa/Conakry Guinea
GP GLP America/Guadeloupe Guadeloupe
GQ GNQ Africa/Malabo Equatorial Guinea
GR GRC Europe/Athens Greece
GS SGS Atlantic/South_Georgia South Georgia and the South Sandwich Islands
GT GTM America/Guatemala Guatemala
GU GUM Pacific/Guam Guam
GW GNB Africa/Bissau Guinea-Bissau
GY GUY America/Guyana Guyana
HK HKG Asia/Hong_Kong Hong Kong
HM HMD - Heard Island and McDonald Islands
HN HND America/Tegucigalpa Honduras
HR HRV Europe/Zagreb Croatia
HT HTI America/Port-au-Prince Haiti
HU HUN Europe/Budapest Hungary
ID IDN - Indonesia
IE IRL Europe/Dublin Ireland|Republic of Ireland
IL ISR Asia/Jerusalem Israel
IM IMN Europe/Isle_of_Man Isle of Man
IN IND Asia/Kolkata India
IO IOT Indian/Chagos British Indian Ocean Territory
IQ IRQ Asia/Baghdad Iraq
IR IRN Asia/Tehran Iran
IS ISL Atlantic/Reykjavik Iceland
IT ITA Europe/Rome Italy|Italia
JE JEY Europe/Jersey Jersey
JM JAM America/Jamaica Jamaica
JO JOR Asia/Amman Jordan
JP JPN Asia/Tokyo Japan
KE KEN Africa/Nairobi Kenya
KG KGZ Asia/Bishkek Kyrgyzstan
KH KHM Asia/Phnom_Penh Cambodia
KI KIR - Kiribati
KM COM Indian/Comoro Comoros
KN KNA America/St_Kitts Saint Kitts and Nevis
KP PRK Asia/Pyongyang North Korea
KR KOR Asia/Seoul South Korea|Republic of Korea|Korea
KW KWT Asia/Kuwait Kuwait
KY CYM America/Cayman Cayman Islands
KZ KAZ - Kazakhstan
LA LAO Asia/Vientiane Laos
LB LBN Asia/Beirut Lebanon
LC LCA America/St_Lucia Saint Lucia
LI LIE Europe/Vaduz Liechtenstein
LK LKA Asia/Colombo Sri Lanka
LR LBR Africa/Monrovia Liberia
LS LSO Africa/Maseru Lesotho
LT LTU Europe/Vilnius Lithuania
LU LUX Europe/Luxembourg Luxembourg
LV LVA Europe/Riga Latvia
LY LBY Africa/Tripoli Libya
MA MAR Africa/Casablanca Morocco
MC MCO Europe/Monaco Monaco
MD MDA Europe/Chisinau Moldova
ME MNE Europe/Podgorica Montenegro
MF MAF America/Marigot Saint Martin
MG MDG Indian/Antananarivo Madagascar
MH MHL Pacific/Majuro Marshall Islands
MK MKD Europe/Skopje North Macedonia|Macedonia
ML MLI Africa/Bamako Mali
MM MMR Asia/Yangon Myanmar|Burma
MN MNG - Mongolia
MO MAC Asia/Macau Macau|Macao
MP MNP Pacific/Saipan Northern Mariana Islands
MQ MTQ America/Martinique Martinique
MR MRT Africa/Nouakchott Mauritania
MS MSR America/Montserrat Montserrat
MT MLT Europe/Malta Malta
MU MUS Indian/Mauritius Mauritius
MV MDV Indian/Maldives Maldives
MW MWI Africa/Blantyre Malawi
MX MEX - Mexico
MY MYS Asia/Kuala_Lumpur Malaysia
MZ MOZ Africa/Maputo Mozambique
NA NAM Africa/Windhoek Namibia
NC NCL Pacific/Noumea New Caledonia
NE NER Africa/Niamey Niger
NF NFK Pacific/Norfolk Norfolk Island
NG NGA Africa/Lagos Nigeria
NI NIC America/Managua Nicaragua
NL NLD Europe/Amsterdam Netherlands|Holland
NO NOR Europe/Oslo Norway
NP NPL Asia/Kathmandu Nepal
NR NRU Pacific/Nauru Nauru
NU NIU Pacific/Niue Niue
NZ NZL - New Zealand
OM OMN Asia/Muscat Oman
PA PAN America/Panama Panama
PE PER America/Lima Peru
PF PYF - French Polynesia
PG PNG - Papua New Guinea
PH PHL Asia/Manila Philippines
PK PAK Asia/Karachi Pakistan
PL POL Europe/Warsaw Poland
PM SPM America/Miquelon Saint Pierre and Miquelon
PN PCN Pacific/Pitcairn Pitcairn Islands|Pitcairn
PR PRI America/Puerto_Rico Puerto Rico
PS PSE Asia/Gaza Palestine
PT PRT - Portugal
PW PLW Pacific/Palau Palau
PY PRY America/Asuncion Paraguay
QA QAT Asia/Qatar Qatar
RE REU Indian/Reunion Réunion
RO ROU Europe/Bucharest Romania
RS SRB Europe/Belgrade Serbia
RU RUS - Russia|Russian Federation
RW RWA Africa/Kigali Rwanda
SA SAU Asia/Riyadh Saudi Arabia
SB SLB Pacific/Guadalcanal Solomon Islands
SC SYC Indian/Mahe Seychelles
SD SDN Africa/Khartoum Sudan
SE SWE Europe/Stockholm Sweden
SG SGP Asia/Singapore Singapore
SH SHN Atlantic/St_Helena Saint Helena
SI SVN Europe/Ljubljana Slovenia
SJ SJM Arctic/Longyearbyen Svalbard and Jan Mayen
SK SVK Europe/Bratislava Slovakia
SL SLE Africa/Freetown Sierra Leone
SM SMR Europe/San_Marino San Marino
SN SEN Africa/Dakar Senegal
SO SOM Africa/Mogadishu Somalia
SR SUR America/Paramaribo Suriname
SS SSD Africa/Juba South Sudan
ST STP Africa/Sao_Tome São Tomé and Príncipe
SV SLV America/El_Salvador El Salvador
SX SXM America/Lower_Princes Sint Maarten
SY SYR Asia/Damascus Syria
SZ SWZ Africa/Mbabane Eswatini|Swaziland
TC TCA America/Grand_Turk Turks and Caicos Islands
TD TCD Africa/Ndjamena Chad
TF ATF Indian/Kerguelen French Southern Territories
TG TGO Africa/Lome Togo
TH THA Asia/Bangkok Thailand
TJ TJK Asia/Dushanbe Tajikistan
TK TKL Pacific/Fakaofo Tokelau
TL TLS Asia/Dili Timor-Leste|East Timor
TM TKM Asia/Ashgabat Turkmenistan
TN TUN Africa/Tunis Tunisia
TO TON Pacific/Tongatapu Tonga
TR TUR Europe/Istanbul Turkey|Türkiye
TT TTO America/Port_of_Spain Trinidad and Tobago
TV TUV Pacific/Funafuti Tuvalu
TW TWN Asia/Taipei Taiwan
TZ TZA Africa/Dar_es_Salaam Tanzania
UA UKR Europe/Kyiv Ukraine
UG UGA Africa/Kampala Uganda
UM UMI - United States Minor Outlying Islands
US USA - United States|United States of America|America
UY URY America/Montevideo Uruguay
UZ UZB Asia/Tashkent Uzbekistan
VA VAT Europe/Vatican Vatican City|Holy See
VC VCT America/St_Vincent Saint Vincent and the Grenadines
VE VEN America/Caracas Venezuela
VG VGB America/Tortola British Virgin Islands
VI VIR America/St_Thomas United States Virgin Islands|US Virgin Islands
VN VNM Asia/Ho_Chi_Minh Vietnam|Viet Nam
VU VUT Pacific/Efate Vanuatu
WF WLF Pacific/Wallis Wallis and Futuna
WS WSM Pacific/Apia Samoa
XK XKX Europe/Belgrade Kosovo
YE YEM Asia/Aden Yemen
YT MYT Indian/Mayotte Mayotte
ZA ZAF Africa/Johannesburg South Africa
ZM ZMB Africa/Lusaka Zambia
ZW ZWE Africa/Harare Zimbabwe
"""
