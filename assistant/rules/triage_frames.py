"""Kinds of words that say what a message is written for, and ways round, as patterns.

They stand beside those of `triage_words`, in the same languages and written the same
way. A made-up case and a question from a desk speak of harm that nobody suffers; a way round a
safeguard is sought in the calmest words.
"""

from __future__ import annotations

FRAMES = {
    # What speaks of no real person.
    "scenario": (
        r"fiction\w*|fictiti\w*|invented|made up|scenarios?|case stud\w*|practice case|"
        r"vignettes?|role ?play\w*|exercises?|simulat\w*|slides?|handouts?|quiz|flipchart|"
        "worksheets?|imagine|suppose|for (?:my|a|the|our) (?:class|course|workshop|training|"
        "session|slide)|not (?:about )?a real|no real|no ?(?:body|one) is in danger|nobodys "
        "in danger|not a case|made up case|etudes? de cas|cas (?:fictif|pratique|d ecole)|"
        "jeu de role|diapositive|mise en situation|fictifs?|personne n est en danger|"
        "supposons|imaginons|caso (?:ficticio|practico)|juego de rol|diapositiva|ficticio|"
        "simulacro|nadie esta en peligro|supongamos"
    ),
    "desk": (
        r"(?:my|our) (?:\w+ )?(?:minist\w+|director|boss|editor|thesis|dissertation|report|"
        "brief|briefing|article|board|trainees|participants|audience|podcast|speech|memo|"
        "paper|plan|bill|law|campaign|policy|indicators?|survey|members|committee|country|"
        r"region|government|grant|proposal|draft|leaflet|slides?|classes)|parliament\w*|i "
        "(?:train|teach|am writing|write|prepare|draft|evaluate|measure|interview|analy[sz]e|"
        "advise|have to (?:give|write|brief))|we (?:measure|code|evaluate|train|draft|"
        "moderate|analy[sz]e|publish|advise)|as an? (?:judge|officer|adviser|teacher|trainer|"
        "lawyer|parent|journalist|evaluator)|m[ao]n? (?:ministre|these|memoire|rapport|note|"
        "article|discours|equipe)|notre (?:plan|loi|ministere|pays|region|rapport|campagne)|"
        r"je (?:forme|prepare|redige|travaille sur|dois presenter)|depute\w*|mi "
        "(?:ministr[oa]|tesis|informe|articulo|discurso|equipo|jef[ea])|nuestr[oa] (?:plan|"
        r"ley|ministerio|pais|region|informe|campana)|diputad[oa]\w*|(?:preparo|redacto|formo "
        "a)"
    ),
    "task": (
        "(?:i am|im|i m|we are|we re|i was asked to|i have to|we have to|asked me to) (?:now |"
        "still |just |currently )?(?:draft|plan|prepar|writ|review|stud|research|advis|design|"
        r"updat|revis|evaluat|coordinat|analy[sz]|organi[sz]|compil|brief|phras)\w*|(?:i|we) "
        "(?:study|research|plan|design|coordinate|lead|run|head|chair|lobby|review|compare|"
        "manage|analy[sz]ed|surveyed|interviewed|audited|sit on|work with|need to know)|lesson "
        r"plan\w*|(?:planning|preparing|drafting|writing) (?:a|an|the|our|my)|je (?:redige|"
        "prepare|coordonne|dirige|etudie|cherche)|nous (?:redigeons|preparons|etudions|"
        "accompagnons|travaillons)|estoy (?:redactando|preparando|escribiendo)|estamos (?:"
        "redactando|preparando|escribiendo)|(?:preparo|redacto|escribo|coordino|estudio|busco)|"
        "(?:preparamos|redactamos|trabajamos|estudiamos)"
    ),
    "body": (
        r"(?:my|our|the|a|an|your) (?:\w+ ){0,2}(?:hotlines?|helplines?|programmes?|"
        r"organi[sz]ation|charity|ngo|shelters?|schools?|platforms?|company|department|agency|"
        r"foundation|bank|council|board|handbook|guidelines|strategy|classifier|chatbot|model|"
        r"protocol|pathway|survey|audit|dataset|moderators|analysts|officers|staff|users|"
        "respondents|participants|interviewees|teachers|field workers|survivors)|we are an? "
        r"(?:\w+ ){0,2}(?:app|bank|platform|school|charity|ngo|service|company)|(?:notre|nos|"
        r"mes|votre) (?:\w+ )?(?:ligne|association|plateforme|ecole|ministere|service|agent|"
        r"programme|moderat\w+|analystes|participants|enquet\w+|enseignants)|(?:nuestr[oa]s?|"
        r"mis?) (?:\w+ )?(?:linea|fundacion|asociacion|plataforma|colegio|departamento|"
        r"asistente|programa|moderador\w*|analistas|encuestad\w+|participantes|usuari\w+|"
        "docentes)"
    ),
    "officials": (
        r"minist\w+|senat\w+|mps?|constituents?|secretary of state|cabinet|committees?|"
        r"governments?|regulators?|legislators?|employers?|ethics (?:board|committee)s?|states|"
        r"countries|newspapers?|tabloids?|headlines?|media|industry|donors?|hosts|gouvernement|"
        r"comite|employeur|journa\w+|titres?|pays|gobierno|comite|empresas?|diarios?|titular\w*|"
        "paises"
    ),
    "legal": (
        r"crimes?|offen[cs]es?|illegal\w*|ilegal\w*|lawful\w*|unlawful\w*|legally|prosecut\w+|"
        r"penalt\w+|punish\w*|liab\w+|obliged|duty|duties|mandatory|ban(?:s|ned|ning)?|"
        r"prohibit\w*|(?:de)?criminali[sz]\w*|convict\w*|confidential\w*|charges?|owe|rules|"
        r"whats? the law|laws? on|by law|delits?|peines?|interdi\w*|penal\w*|puni\w*|"
        r"obligations?|responsable|condamn\w*|delitos?|penas?|prohib\w*|obligad\w*|"
        r"conden\w*|responde la"
    ),
    "sources": (
        r"(?:which|what|any|some|more|looking for|find|need|there|is there|more|good|"
        r"where do i find) (?:\w+ ){0,3}(?:stud\w+|research|sources?|evidence|figures?|"
        r"numbers?|guidance|guides?|standards?|training|materials?|literature|scales?|reviews?|"
        r"typolog\w+|data|examples?|rules?|indicators?|trend|reports?|papers?|therapies)|"
        r"what do (?:others|other \w+|studies|standards|sources)|did others|according to|in "
        "general|elsewhere|recommend(?:ed|s)?|how do others|who else|(?:quelles?|quels?) (?:"
        r"\w+ )?(?:normes?|etudes?|sources?|regles?|chiffres?|indicateurs?)|que (?:disent|"
        r"demandent?|prevoit|dit|sait)|ce que l on sait|que (?:dicen?|pide|recomiend\w+|"
        r"normas|se sabe)|lo que se sabe|cifras|pruebas|(?:un|una) (?:estudio|revision|guia)"
    ),
    "at_large": (
        "(?:men|women|people|children|kids|boys|girls|teenagers|teens|pupils|students|fathers|"
        "mothers|parents|adults|offenders|abusers|suspects|patients|moderators|families|"
        r"teachers|minors) (?:who|that|whose|of|under|from|online|attracted|sold|are|do|can)|"
        "(?:how|why|where) (?:do|can|does|should|many) (?:\\w+ )?(?:offenders|abusers|"
        "groomers|predators|strangers|men|people|paedophiles|pedos|gangs|parents|children|"
        "teenagers|suspects|survivors)|(?:when|if|after|once) an? (?:child|kid|pupil|"
        "student|user|patient|client|moderator|survivor|participant|suspect|teenager|minor)|"
        r"(?:to|by) a user|(?:hommes|enfants|mineurs|ados|filles|personnes|parents) (?:qui|"
        r"attires|victimes|vendu\w*|violes|filmes)|(?:quand|si) une? (?:eleve|enfant|"
        r"utilisat\w+|adolescente?|mineure?)|(?:hombres|menores|ninas|ninos|padres|chicos|"
        r"chicas) (?:que|vendid\w+|violad\w+)|quienes?|cuando (?:un|una) (?:usuari\w+|"
        r"alumn\w+|nin\w+|menor)"
    ),
    "figures": (
        r"how (?:common|often|many|much)|numbers?|figures?|per cent|percent\w*|\d+ ?%|rates?|"
        r"prevalence|statistic\w*|share of|chiffres?|combien|taux|cifras?|cuant[oa]s?|"
        "porcentaje"
    ),
    "everyday": (
        r"passwords?|print\w*|fonts?|browser|batter\w+|laptop battery|tables?|columns?|"
        r"recipes?|cook\w*|flights?|holidays?|hotel in|passport|weather|football|homework|"
        "violin|meeting|room|e[- ]?mails?|old (?:phone|messages|e[- ]?mails?|files)|this "
        r"tool|(?:the|this) (?:list|page)|imprim\w*|mot de passe|cet outil|vieux telephone|"
        "anciens messages|vacances|recette|contrasena|esta herramienta|movil viejo|mensajes "
        "antiguos|vacaciones|receta"
    ),
    # What a harmful request wants, and how it goes about it.
    "way_round": (
        r"fool\w*|(?:get|slip|sneak|pass)\w* (?:\w+ ){0,3}past|past (?:the|these|those|"
        r"detection|moderat\w+|filters?|child)|escape\w*|unnoticed|undetected|not (?:be|get) "
        "(?:caught|noticed|flagged|seen|banned|reported)|without (?:being|getting|anyone|her|"
        "his|their|them|my)|(?:un)?flagged|get caught|caught|does ?n[o ]?t (?:catch|look|"
        "check|report|scan|ask)|not (?:catch|look|check|checked|report|scan)|anonymously "
        r"share|ignores? it|keep quiet|stays? quiet|trompe\w*|passer inapercu\w*|sans (?:etre|"
        r"qu on|que|se faire)|inapercu|ne (?:regarde|verifie|controle|signale)\w* pas|"
        r"engan\w+|pasar desapercib\w*|sin (?:ser|que|llamar)|desapercib\w*|no (?:revisa|mira|"
        r"comprueba|denuncia)\w*"
    ),
    "obtain": (
        r"links?|servers?|channels?|onion|forums?|invites?|buy|pay for|download\w*|trad(?:e|"
        r"es|ing)|swap\w*|where (?:to|can|do|could|is)|looking for|search for|get hold of|"
        r"watch|acheter|telecharg\w*|echang\w*|ou (?:trouver|est ce qu|puis|peut)|comprar|"
        r"descarg\w*|intercambi\w*|donde (?:hay|ay|encuentr|se|puedo)"
    ),
    "young": (
        r"young(?:er)? (?:\w+ )?(?:girls?|boys?|stuff|ones?|people)|yung girls|little "
        "(?:girls?|boys?|ones?|kids?)|schoolgirls?|schoolboys?|jailbait|preteens?|cp|csam|"
        r"loli\w*|petite?s? (?:filles?|garcons?)|fillettes?|(?:1[0-7]|\d|ten|eleven|twelve|"
        "thirteen|fourteen|fifteen)[ -]?(?:year[ -]?olds?|yo|yos)|tres jeunes|nin[ao]s? "
        r"(?:pequen|chic)\w*|nenas"
    ),
    "undress": (
        r"naked|nudes?|nude|undress\w*|without clothes|unclothed|strip\w*|nus?|nues?|"
        r"deshabill\w*|desnud\w*|sin ropa|love scene|scene d amour|escena de amor|sexual turn"
    ),
    # What wears on a person, and how urgent it is.
    "farewell": (
        r"pills?|tablets|overdose\w*|jump\w*|hang myself|unalive|be gone|was gone|disappear|"
        "not (?:be|want to be) here|be here any ?more|end it|it all to stop|hurt(?:ing)? "
        "myself|dying|asleep|heaven|(?:not|never) (?:been )?born|given away my|no (?:other "
        ")?way out|no point|locked (?:him|her)self|(?:last|final) (?:letter|message)|"
        "letters? to my|the roof|the bridge|sauter|me faire du mal|plus (?:envie d )?etre la|"
        "lettre d adieu|disparaitre|medicaments|hacerme dano|me voy a tirar|tirarme|"
        "despertar|carta de despedida|desaparecer|pastillas|ya no quiero estar|aqui nunca mas"
    ),
    "worn": (
        r"panic attacks?|threw up|vomit\w*|crying|cried|in tears|dread\w*|end of my|strength|"
        "(?:stay|stays|stuck|carry|home) with me|(?:in|out of|from) my (?:head|mind)|i see "
        "their|(?:do ?n[o ]?t|never) leave|affects? me|broken something|recogni[sz]e myself|"
        r"drink|nothing left|been off sick|sick leave|called in sick|worn|pleur\w*|angoisse|a "
        r"bout|restent? (?:avec|dans)|ne partent pas|me hant\w*|reconnais plus|llor\w*|"
        r"ansiedad|al limite|no se van|me persigu\w*|ya no me reconozco|se me quedan?"
    ),
    "reviewed": (
        "flagged|queue|reports? (?:all|every)|case files?|transcripts?|hearings?|interviews?|"
        "footage|these (?:images|cases|files|videos|pictures)|forensic|abuse unit|helpline|"
        r"audition\w*|entretiens?|signale\w*|ces (?:images|dossiers)|entrevistas?|"
        r"denunciad\w*|est[oa]s (?:casos|imagenes)|peritajes?"
    ),
}
