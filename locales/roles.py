"""Other names of the roles in the tables of protocol, as lists in six languages have them."""

from __future__ import annotations

# Role → its other names, separated by «|», each written as a key: small letters, a hyphen between words.
_NAMES = {
    "head-of-state": "chef-d-état|cheffe-d-état|jefe-de-estado|jefa-de-estado|глава-государства|国家元首"
    "|رئيس-الدولة|رئيسة-الدولة",
    "head-of-government": "prime-minister|chef-de-gouvernement|cheffe-de-gouvernement|premier-ministre"
    "|première-ministre|jefe-de-gobierno|jefa-de-gobierno|primer-ministro|primera-ministra|глава-правительства|премьер-министр"
    "|政府首脑|总理"
    "|رئيس-الحكومة|رئيسة-الحكومة|رئيس-الوزراء|رئيسة-الوزراء",
    "minister": "ministre|ministro|ministra|министр|部长|وزير|وزيرة|الوزير|الوزيرة",
    "vice-minister": "deputy-minister|vice-ministre|viceministro|viceministra|заместитель-министра|副部长|نائب-الوزير"
    "|نائبة-الوزير",
    "ambassador": "permanent-representative|ambassadeur|ambassadrice|représentant-permanent|représentante-permanente"
    "|embajador|embajadora|representante-permanente|посол|постоянный-представитель|大使|常驻代表|سفير|سفيرة|السفير"
    "|السفيرة|الممثل-الدائم|الممثلة-الدائمة",
    "charge-d-affaires": "chargé-d-affaires|chargée-d-affaires|charge-d-affaires-a-i|chargé-d-affaires-a-i"
    "|chargée-d-affaires-a-i|encargado-de-negocios|encargada-de-negocios|поверенный-в-делах"
    "|временный-поверенный-в-делах|代办|临时代办|القائم-بالأعمال|القائمة-بالأعمال",
    "permanent-mission": "mission-permanente|misión-permanente|постоянное-представительство|常驻代表团"
    "|البعثة-الدائمة|بعثة-دائمة",
    "director-general": "directeur-général|directrice-générale|directora-general|генеральный-директор|总干事"
    "|المدير-العام|المديرة-العامة|مدير-عام|مديرة-عامة",
    "chief-executive": "ceo|chief-executive-officer|chef-d-entreprise|cheffe-d-entreprise|director-ejecutivo"
    "|directora-ejecutiva|首席执行官|الرئيس-التنفيذي|الرئيسة-التنفيذية",
    "professor": "professeur|professeure|profesor|profesora|профессор|教授|أستاذ|أستاذة|الأستاذ|الأستاذة",
    "individual": "particulier|particulière|частное-лицо|个人|فرد",
    "company": "entreprise|société|empresa|компания|公司|شركة",
    "association": "asociación|ассоциация|协会|جمعية",
}
ALIASES = {name: role for role, names in _NAMES.items() for name in names.split("|")}
