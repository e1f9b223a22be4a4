"""Kinds of words by which messages are told apart, in English, French and Spanish, as patterns.

They are written in small letters, without accents and apostrophes, as `triage_cues.plain` writes a
message. No kind decides anything by itself.
"""

from __future__ import annotations

WORDS = {
    # Who speaks, and of whom.
    "i": "i|im|ive|id|ill|je|j|moi|yo|mi|me|myself|m",
    "to_me": (
        r"to me|hurts? me|(?:did|does|do|done|doing) \w+ to me|made me|makes? me|making me|"
        r"touch\w* me|rap(?:e|ed|es) me|abus\w+ me|hit me|used me|force[sd]? me|forcing me|"
        r"forc\w+ (?:him|her)self on me|sold me|groom\w* me|(?:pay|paid) me|"
        r"m a (?:\w+ ){0,2}(?:fait|touche|forcee?|viole\w*|agresse\w*|oblige\w*|vendu\w*|"
        r"abuse\w*)|me (?:touche|fait|force|oblige|frappe)|abuse\w* de moi|me (?:toca|hace|"
        r"hizo|hicieron|obliga|obligo|forzo|pega|violo|violaron|vendio|abuso)|abus\w+ de mi|"
        "a mi (?:me|tambien)|me paso|m est arrive"
    ),
    "i_was": (
        r"i (?:was|am|have been|got|had been) (?:\w+ )?(?:\w+ed|raped|sold|a victim|"
        "a survivor)|(?:im|ive been|i am) (?:a |being )?(?:abused|raped|groomed|hurt|sold|"
        r"exploited|victim|survivor)|happened to me|j ai ete \w+e?e?|"
        r"j ai (?:moi meme )?(?:subi|vecu)|je suis (?:une? )?surviva?n\w+|fui|sufri|"
        "soy superviviente|soy (?:una )?victima"
    ),
    "when_small": (
        "(?:when|wen|as|since) (?:i was|a)? ?(?:a )?(?:small|little|young|kid|child|boy|girl|"
        r"\d+)|as a (?:child|kid|boy|girl|teen\w*)|in my childhood|my childhood|growing up|"
        "i grew up|enfant|quand j etais|petite?|mon enfance|cuando era|de (?:nin[oa]|"
        "pequen[oa]|chic[oa])|mi infancia"
    ),
    "my_child": (
        r"my (?:own |little |eldest |youngest |\d+ (?:year old )?)*(?:daughter|son|child|"
        r"children|kids?|girl|boy|teenager|baby|niece|nephew|grand\w+|little (?:one|sister|"
        "brother)|step(?:son|daughter))s?|our (?:daughter|son|child|kids?|girl|boy)|"
        "ma (?:fille|niece|petite|soeur)|mon (?:fils|neveu|petit|gamin)|notre (?:fille|fils|"
        r"enfant)|mi (?:hij[oa]|nin[oa]|sobrin[oa]|herman\w+)|nuestr[oa] hij[oa]"
    ),
    "my_pupil": (
        "(?:my|our|a|one of (?:my|our)) (?:pupil|student|client|patient|class)s?|pupil|(?:un|"
        r"une|mon|mes|l) eleves?|ma classe|un[oa]? alumn[oa]|mi clase|a boy i \w+|"
        r"a girl i \w+|(?:kid|child|boy|girl) i (?:look|teach|coach|mentor|work)\w*"
    ),
    "my_friend": (
        "my (?:best |good )?(?:friend|mate|bff|classmate|cousin|girlfriend)|(?:girl|boy|"
        "kid) in my class|ma (?:meilleure )?(?:copine|amie)|mon (?:meilleur )?(?:pote|ami)|"
        "mi (?:mejor )?amig[oa]"
    ),
    "my_adult": (
        r"my (?:\w+ )?(?:husband|wife|partner|boyfriend|bf|ex|brother|father|dad|stepdad|"
        "uncle|grandfather|grandpa|neighbour|neighbor|colleague|boss|flatmate|fiance|"
        "son in law|brother in law)|mon (?:mari|conjoint|compagnon|copain|frere|pere|"
        r"beau \w+|oncle|voisin|collegue|colocataire)|mi (?:marido|esposo|pareja|novio|"
        "hermano|padre|papa|padrastro|tio|vecino|colega|cunado|companero)"
    ),
    "abuser": (
        "uncle|unkle|stepdad|stepfather|step father|step dad|stepbrother|grandfather|grandpa|"
        "coach|priest|babysitter|neighbour|teacher|tutor|a man|old(?:er)? (?:guy|man)|"
        "this guy|some guy|oncle|beau pere|entraineur|pretre|nounou|un mec|un homme|"
        "un inconnu|un adulte|tio|padrastro|entrenador|cura|ninera|un hombre|un desconocido|"
        "un adulto|un senor|stranger|grown (?:man|up)"
    ),
    "child": (
        r"child|children|chlid\w*|childern|kids?|boys?|girls?|minors?|underage\w*|"
        r"under age\w*|undrage|teen\w*|(?:\d|1[0-7]) ?(?:yo|year old|years old|ans|anos)s?|"
        r"little ones?|toddlers?|schoolgirl|enfants?|denfants?|fillettes?|gamin\w*|mineure?s?|"
        "gosses?|garcons?|filles?|petits|nin[oa]s?|menores|chic[oa]s?|pequenos"
    ),
    "he_she": "he|she|him|her|hes|shes|they|il|elle|lui|el|ella|le|la",
    # What happened.
    "harm": (
        r"abus\w*|avuso|molest\w*|rap(?:e|ed|es|ing)|assault\w*|hurt\w*|touch\w*|tuched|"
        r"forc\w+|exploit\w*|groom\w*|traffick\w*|sold|beat\w*|bad things|did (?:things|stuff|"
        r"something)|does (?:things|stuff)|viol\w+|agress\w*|maltrait\w*|touche\w*|oblig\w+|"
        r"fait (?:du mal|des (?:choses|trucs))|manipul\w*|agred\w*|maltrat\w*|toca\w*|forz\w*|"
        r"hac(?:e|en) (?:cosas|dano)|hizo dano|engan\w*"
    ),
    "secret": (
        r"secret\w*|never told|not (?:to )?tell|don?t tell|tell (?:no ?(?:one|body)|"
        "any ?(?:one|body|1)|mum|mom)|nobody (?:believed|knows)|jamais parle|rien dire|"
        r"sans le dire|nunca se? ?lo|no (?:se lo )?(?:diga|cuente)\w*|secreto|promise\w* not"
    ),
    "image": (
        r"pics?|pix|pictur\w*|pitur\w*|photos?|fotos?|images?|imagen\w*|videos?|vids?|nudes?|"
        "nuds|clips?|screenshots?|files?|folders?|footage|fichiers?|dossiers? caches?|"
        "archivos?|carpetas?"
    ),
    "my_image": (
        r"(?:my|own) (?:\w+ )?(?:pics?|pix|pictur\w*|pitur\w*|photos?|nudes?|nuds|videos?|"
        "vids?|images?)|(?:pics?|pictures?|photos?|images?|videos?|vids?|nude) of (?:me|us|"
        "myself|himself|herself|him)|mes (?:photos?|fotos?|nudes)|ma photo|photos? de moi|"
        "video (?:intime )?de moi|mis (?:fotos|nudes)|mi foto|video mio"
    ),
    "threat": (
        r"threat\w*|threten\w*|blackmail\w*|blakmail\w*|extort\w*|sextort\w*|leak\w*|or else|"
        "(?:ll|will|gonna|gona|going to|he|she|they) (?:post|share|show|send|publish|tell|"
        r"leak)s?|menac\w*|chantage|diffuser|publier|fa?i?t? ?chanter|amenaz\w*|chantaj\w*|"
        r"xantaj\w*|extorsi\w*|publicar|difundir"
    ),
    "money": (
        "pay|paid|paying|money|cash|bucks|euros?|gift cards?|bitcoin|crypto|paypal|transfer|"
        "payer|paie|argent|pagar|pago|paga|dinero"
    ),
    "found": (
        r"found|fuond|came across|stumbl\w*|discover\w*|ran into|landed on|saw|seen|clicked|"
        r"opened|sent me|dmed me|forward\w* me|got (?:an|a)|turned out|confiscat\w*|trouve|"
        "tombee? (?:par hasard )?sur|vu|decouvert|envoye|surpris|encontr[eo]|encontrado|vi|"
        r"visto|descubri\w*|hallaron|me llego|envio|sorprendi|di con"
    ),
    "site": (
        r"site|website|webiste|page|link|forum|channel|telegram|discord|snap\w*|insta\w*|"
        "tiktok|group|chat|app|account|profile|server|platform|laptop|computer|phone|tablet|"
        "pc|usb|torrent|groupe|lien|ordinateur|grupo|enlace|pagina|pajina|portatil|ordenador|"
        "web"
    ),
    "report_it": (
        r"(?:where|how|who\w*) (?:do|can|should|shall|must) i (?:report|tell|call|send|"
        "contact)|report (?:it|this|a site|an account|them)|who do i tell|whom to (?:tell|"
        "call|ask)|a qui (?:le|les|dois)|signaler (?:ce|un|cette)|donde lo denuncio|"
        "a quien (?:debo|aviso|lo)|should i (?:keep|forward|report|delete|call)|what (?:do|"
        "should|can|must) (?:i|we) do|waht d?o? ?sho?ul?d? i do|que dois je faire|quoi faire|"
        "que hago|what now|next steps"
    ),
    # How someone feels, and what of.
    "worry": (
        r"worri\w*|wori\w*|concern\w*|suspect\w*|afraid|scared|scard|frighten\w*|uneasy|"
        r"bad feeling|creep\w*|alarm\w*|inquiet\w*|peur|crains|soupconn\w*|preoccup\w*|"
        r"preocup\w*|miedo|temo|sospech\w*|inquiet\w*|dudo|doute"
    ),
    "something_wrong": (
        r"something (?:is|isn?t|s)? ?(?:wrong|not right|off)|isn?t right|strange\w*|"
        "not normal|quelque chose ne va pas|bizarre|algo (?:no )?va (?:bien|mal)|raro|"
        r"changed suddenly|danger\w*"
    ),
    "told_me": (
        r"(?:told|confid\w*|disclos\w*|confess\w*|admitt\w*|reveal\w*|said|"
        "says) (?:to )?(?:me|a volunteer|us|our)|has told|(?:m a|vient de me) (?:dit|confie|"
        r"revele|avoue|dire|confier)|me (?:dijo|conto|confeso|confiar\w*|contar|ha revelado|"
        "acaba)|confiarme"
    ),
    "my_thoughts": (
        r"(?:my|own|have|having|these|of) (?:\w+ ){0,2}(?:thoughts?|feelings?|urges?|desires?|"
        r"fantas\w+|attraction\w*)|mes (?:propres )?(?:pensees|pulsions|desirs)|des pensees|"
        "mis (?:propios )?(?:pensamientos|deseos)|tengo pensamientos"
    ),
    "attracted": (
        r"attract\w*|atract\w*|drawn to|interest in|arous\w*|desir\w*|pa?edo\w*|feelings? for|"
        r"attire\w*|atire\w*|ressens|pedo\w*|atra\w*|siento cosas|urges?"
    ),
    "i_viewed": (
        r"i (?:\w+ ){0,2}(?:looked at|look at|watch\w*|view\w*|download\w*|loo?ked|"
        r"keep (?:going|return)\w*)|cant stop|can t stop|stop (?:watching|looking|lokking)|"
        "my porn|j ai (?:regarde|telecharge)|arreter de regarder|he visto|dejar de mirar|"
        r"relaps\w*|rechute|recaigo|he looks|lo que mire|ce que j ai regarde"
    ),
    "fear_self": (
        "(?:afraid|scared|afaid) (?:of my ?self|that i (?:might|could))|i (?:might|could|may|"
        r"fear i) (?:\w+ )?(?:hurt|harm|do)|peur de (?:moi|passer)|miedo (?:de )?hacerlo|"
        "me doy miedo|am i (?:a monster|sick)|i hate myself|ashamed|honte|averguenzo|guilt"
    ),
    "stop_self": (
        "want to (?:stop|change|quit)|need to stop|dont want to be|get help|need help|"
        r"ned help|je veux arreter|veux (?:de l )?aide|quiero (?:dejar\w*|ayuda)|"
        "necesito ayuda|nesecito|for (?:me|myself)|(?:someone|somebody|people|person|"
        "personne|persona) (?:like|such as|comme|como) (?:me|moi|yo)"
    ),
    "suicide": (
        r"suicid\w*|kill (?:my|him|her) ?sel(?:f|ves)|kil my ?self|kms|kill me|end (?:my|his|"
        "her|it|things|this)(?: life| all)?|ending (?:it|my|things)|(?:dont|do not|no longer|"
        "not|dont wnat|don t) (?:want to |wnat to )?(?:live|liv|be alive)|want to die|"
        "wants to die|wanna die|be dead|was dead|cutting myself|cuts himself|cutting himself|"
        r"self harm\w*|hurting myself|take my (?:own )?life|take her own life|without me|"
        "better off|if i were gone|never wake|reason to (?:live|go)|point (?:in|of) living|"
        "worth living|deserve to live|farewell|goodbye|mourir|me tuer|envie de vivre|"
        r"vouloir vivre|(?:plus|pas) (?:envie de )?vivre|en finir|scarifi\w*|lettre d adieu|"
        r"fin a (?:mes|ses|sa) jours|morir\w*|matarme|me voy a matar|seguir viviendo|"
        r"ganas de vivir|(?:no|kiero|quiero) vivir|quitar\w* la vida|acabar con todo|"
        "despedida|se corta|vivir no"
    ),
    "exhausted": (
        "cant (?:sleep|cope|go on|switch)|can ?not (?:sleep|cope)|dont sleep|burnt? ?out|"
        r"numb|exhaust\w*|nightmares?|panic|broke me|braking me|wear\w* me|falling apart|"
        r"break\w* down|at my limit|crush\w*|haunt\w*|shak\w*|cry|empty|drained|poison\w*|"
        r"too much for me|nothing left|feel nothing|feel sick|upsets? me|anxious|overwhelm\w*|"
        r"distroying|destroy\w* me|dors plus|ne dors|dormir|epuis\w*|a bout|brise\w*|"
        r"bouleverse\w*|n arrive plus|tremble|cauchemar\w*|no (?:duermo|puedo)|duermo|agot\w*|"
        r"destroz\w*|no aguant\w*|aguantare|tiemblo|pesadillas?|fatal"
    ),
    "work": (
        r"moderat\w*|at work|from work|my (?:job|work|shift|team|staff|analysts|research|"
        r"study|unit|caseload)|this (?:job|work|unit)|shifts?|cases?|files?|analyst\w*|"
        r"investigator|detective|officer|hotline|therapist|counsel\w*|interpret\w*|moderateur|"
        r"au travail|ce metier|dossiers?|enquet\w*|mon travail|moderador|trabajo|casos?|"
        r"expediente|investigador\w*|turno"
    ),
    "job_of_mine": (
        r"(?:i am|im|as) an? (?:\w+ )?(?:moderator|moderater|officer|investigator|analyst|"
        "social worker|therapist|teacher|nurse|lawyer|judge|detective|examiner|journalist|"
        "researcher|trainer)|i (?:moderate|review|work|lead|train|teach|counsel|interpret|"
        r"translate)|je suis (?:\w+ )?(?:moderat\w+|assistante|enquet\w+|infirmi\w+|juriste|"
        r"journaliste|chargee?)|soy (?:\w+ )?(?:moderador\w*|trabajador\w*|investigador\w*|"
        r"enfermer\w*|periodista|jurista)"
    ),
    # What is asked for.
    "how_to": (
        "how (?:do|can|could|would|to|does one)|best way|easiest way|tell me how|show me how|"
        "step by step|what (?:should|do) i (?:write|say)|comment (?:puis|faire|entrer|"
        "contourner|effacer|cacher|creer|obtenir|trouver)|montre moi|etape par etape|"
        "que dois je ecrire|como (?:puedo|contacto|me salto|borro|oculto|creo|consigo|se)|"
        "paso a paso|ensename|que le escribo"
    ),
    "where_to": (
        "where (?:can|do|could|should) (?:i|one|people)|were can i|(?:give|giv|send|name|"
        "list) (?:me )?(?:a |the )?(?:sites?|links?|forums?|apps?|code|search|prompts?)|"
        "which (?:apps?|messengers?|services?|sites?|forums?)|what (?:is|s) the best app|"
        "whats the best app|ou (?:puis je|trouver?)|donde (?:puedo|encuentro|hay)|dame|"
        "donne moi|quels? (?:services|sites|messagerie|mots)|que (?:servicios|mensajeria|"
        "palabras)|i want to see|je veux voir|quiero ver"
    ),
    "evade": (
        r"without (?:getting|being|anyone|parents)|bypass\w*|byppas|get (?:round|around|past)|"
        r"circumvent\w*|defeat|trick|avoid\w* (?:being|detect\w*)|undetect\w*|not (?:scan|"
        "report me|punish|recogni[sz]e)|do(?:n ?t|nt) (?:scan|punish)|hide|hiding|"
        "delete (?:all|my|the)|wipe|traces|safe from|no (?:one|body) (?:checks|notices|"
        "watching)|contourner|cacher|effacer|sans (?:etre|que)|ne (?:scannent|trouve|"
        r"me denoncera)|repere|salt\w*|oculto|borro|sin que|no (?:escanean|encuentre|"
        "me denunciara)|fake profile|faux profil|perfil falso"
    ),
    "produce": (
        "(?:write|make|create|generate|draw|describe|tell|show) (?:me )?(?:an? |exactly |"
        r"ai )?(?:\w+ )?(?:story|image|picture|pictures|script|romance|scene|how)|ecris|cree|"
        "imagine|escribe|crea|haz de|describe|decris|pretend|act as|roleplay|role play|"
        "joue le role|ignore your|red team|uncensored|for a novel"
    ),
    "approach": (
        "(?:meet|contact|talk to|chat with|get in touch with|reach|befriend|win|persuade|"
        r"be alone with|make) (?:\w+ ){0,3}(?:child\w*|kids?|girls?|boys?|minors?|\d+ ?yos?|"
        "schoolgirl)|(?:parler a|discuter avec|contact avec|"
        r"confiance d) (?:\w+ )?(?:enfants?|mineurs?|fillettes?)|(?:hablar con|chatear con|"
        r"contacto con|confianza de) (?:\w+ )?(?:nin\w+|menores)|trust|likes me|gustarle"
    ),
    "sexual": r"sexual\w*|sexuel\w*|sexo|porn\w*|pedoporn\w*|explicit|naked|nude|intim\w+",
    # What a policy question sounds like.
    "policy": (
        r"framework|framwork|pillars?|pillers|capabilit\w+|outcomes?|outcoems|outcoms|"
        r"partners?|polic(?:y|ies)|strateg\w+|convention|directive|regulation|articles?|"
        r"treaty|law|laws|legislation|statut\w*|act|guidance|guidelines?|definition|define|"
        "national|ministry|minister|government|states?|countries|model national|weprotect|"
        "lanzarote|budapest|interpol|ncmec|inhope|gsr|cadre|piliers?|capacites?|resultats?|"
        "partenaires?|loi|reglement|politique|pays|definition|ministre|marco|pilar(?:es)?|"
        "capacidad(?:es)?|resultados?|socios?|ley|leyes|convenio|reglamento|directiva|paises|"
        "politicas?|definicion|ministro"
    ),
    "ask_policy": (
        r"what (?:does|do) the (?:\w+ )?(?:framework|framwork|page|note|notes|guidance|"
        r"convention|directive|act|law|literature|sources?)|which (?:\w+ )?(?:pillars?|"
        r"capabilit\w+|outcomes?|partners?|laws?|countries|states|convention)|que dit|"
        "que prevoit|quels? (?:sont|pays|piliers?|partenaires?|programmes?)|que dice|"
        "que preve|que (?:pilares|capacidades|socios|paises|programas)|what (?:is|are|"
        "counts) (?:the|a|an|meant|known)?|define|compare|list (?:all|the)|how many|combien|"
        "cuant[oa]s|according to|difference|summari[sz]e|explain"
    ),
    "study": (
        "stud(?:y|ies)|evidence|research|statistics?|figures?|percent|per cent|share of|"
        r"trend|survey|data|report (?:on|says)|etudes?|chiffres?|estudios?|cifras?|evaluat\w*|"
        r"indicators?|measure[ds]?|effect\w*|programmes?|literature"
    ),
    "teach": (
        "train(?:er|ing|ees?)?|workshop|session|slides?|course|lesson|module|poster|teach|"
        "participants?|exercise|formation|forme|atelier|formo|talleres|taller|curso"
    ),
    "should_they": (
        r"(?:should|must|ought|can|may|do|does|would) (?:a |an |the )?(?:\w+ )?(?:teachers?|"
        "staff|parents?|professionals?|employers?|police|platforms?|states?|schools?|media|"
        "reporters?|journalists?|companies|person|moderator|coach|nurses?|volunteers?|"
        "newspaper|children|offenders?)|(?:doit|doivent|debe|deben)"
    ),
    "generic": (
        "if (?:a|their|an) (?:child|student|pupil|person|participant)|when a (?:child|pupil)|"
        "(?:their|a) child (?:discloses|is)|un enfant (?:revele|victime)|un nino (?:revela|"
        "victima)|people who|persons who|those who|victims|survivors|offenders|perpetrators|"
        "children who|victimes|delinquants|agresseurs|victimas|agresores|"
        "personas (?:atraidas|que)|personnes (?:attirees|qui)"
    ),
    "quoted": '"[^"]{4,}"',
    # That help is needed, and when.
    "help_me": (
        "help me|pls|plz|please help|can (?:some|any)(?:one|body) help|i need (?:help|"
        "someone|advice|somebody)|aidez? moi|au secours|ayuda(?:me)?|idk|dont know|dont no|"
        "jsp|no se|je ne sais"
    ),
    "now": (
        "right now|tonight|this morning|today|just now|last night|yesterday|ce soir|"
        "aujourd hui|hier|vient de|ce matin|esta noche|hoy|ayer|anoche|esta manana|acaba de|"
        "until midnight|keeps?|every night"
    ),
}
