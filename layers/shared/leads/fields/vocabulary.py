"""The words that give field names and values a meaning. Data only.

All are written as `leads.fields.names.canonical` leaves them: lower case, without accents, punctuation and spaces. A
whole question counts as one word where it asks without a noun: "Wie heißen Sie?"
"""

from typing import Final

from leads.words import word_set

FULL_NAME: Final = "fullName"
"""A whole name in one field. It fills first and last name where those are missing."""
INFIX: Final = "infix"
"""The part between the two in Dutch forms: "de", "van der"."""


# In order of preference: of two fields that could be the company, the earlier word wins.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    field: tuple(text.split())
    for field, text in {
        "email": """email emailaddress emails emailaddresses workemail workemailaddress businessemail
    businessemailaddress corporateemail professionalemail emailwork personalemail inviteeemail attendeeemail
    registrantemail participantemail leademail customeremail clientemail prospectemail useremail mail
    mailaddress primaryemail primaryemailaddress emaila replyto emailid useremailaddress contactemail youremail
    companyemail emailadresse mailadresse courriel adresseemail adressemail adresseelectronique adressedecourriel correo
    correoelectronico direcciondecorreo direcciondecorreoelectronico emaildirection indirizzoemail indirizzodiposta
    postaelettronica enderecodeemail enderecoemail emailadres epost epostadress epostadresse mejl mejladress mailadress
    mailadres sahkoposti sahkopostiosoite adresemail adrespocztyelektronicznej emailovaadresa eposta epostaadresi
    адресэлектронноипочты электроннаяпочта почта メールアトレス 电子邮箱 电子邮件 邮箱 이메일 이메일주소 epostaadresiniz
    isepostasi isepostaadresi isepostaadresiniz epostaniz emailadresi emailadresiniz mailadresi mailadresiniz
    elektronikposta adresaemail adresadeemail emailul emailuldumneavoastra postaelectronica emailcim emailcime
    emailcimed ηλεκτρονικοταχυδρομειο ηλεκτρονικηδιευθυνση διευθυνσηemail διευθυνσηηλεκτρονικουταχυδρομειου אימייל
    האימייל מייל המייל דואל דואראלקטרוני כתובתמייל כתובתהמייל כתובתאימייל כתובתהאימייל כתובתדואל כתובתדואראלקטרוני
    البريدالالكتروني بريدالكتروني بريدكالالكتروني عنوانالبريدالالكتروني عنوانبريدكالالكتروني الايميل ايميل ايميلك
    diachiemail thudientu diachithudientu електроннапошта електроннаадреса електронноіпошти адресаелектронноіпошти
    адресаemail emailадреса пошта імеил емеил адресemail емаил elpastas elpastoadresas epasts epastaadrese epostiaadress
    電子郵件 電子郵件地址 電子信箱 電郵 信箱 电子邮件地址 邮箱地址 alamatemail surel emel correuelectronic
    adrecaelectronica netfang อเมล ईमल ईमलपत ایمیل""",
        "firstName": """firstname fname givenname forename namefirst namefirstname fullnamefirst first firstnames
    givennames preferredname preferredfirstname legalfirstname yourfirstname vorname vornamen ihrvorname prenom prenoms
    nombres primernombre primeironome primonome voornaam voornamen fornamn fornavn etunimi imie jakmasznaimie imiona
    krestnijmeno prenume имя 名 ad adi adiniz onad onadi onadiniz prenumele keresztnev keresztneve keresztneved utonev
    utoneve utoneved μικροονομα κυριοονομα שםפרטי השםהפרטי שמךהפרטי الاسمالاول اسمكالاول الاسمالشخصي ten tendemvaten імя
    ime krstneime vardas vards eesnimi namadepan ชอจรง""",
        "lastName": """lastname lname surname familyname secondname namelast namelastname fullnamelast last lastnames
    legallastname yourlastname nachname nachnamen familienname zuname nomdefamille nomfamille apellido apellidos
    primerapellido apellidopaterno cognome sobrenome apelido ultimonome achternaam familienaam efternamn etternavn 姓氏
    efternavn sukunimi nazwisko prijmeni soyad soyadi фамилия 姓 성 soyadiniz soyisim soyismi soyisminiz numedefamilie
    numeledefamilie numefamilie numelefamilie vezeteknev vezetekneve vezetekneved csaladnev csaladinev csaladineve
    επωνυμο επιθετο שםמשפחה שםהמשפחה اسمالعايلة اسمعايلتك الاسمالاخير اسمكالاخير الاسمالعايلي ho hovatendem прізвище
    priezvisko prezime priimek pavarde uzvards perekonnanimi namabelakang cognoms apelidos นามสกล نامخانوادگی""",
        FULL_NAME: """fullname individualname name names fullnames displayname firstandlastname firstlastname
    firstnamelastname namefull realname namefirstlast nameandsurname namesurname firstnameandlastname
    firstnameandsurname completename legalname fulllegalname vornamename nachnamevorname namevorname
    lastnamefirstname surnamefirstname namelastfirst apellidosnombre apellidosynombre apellidosnombres
    apellidosynombres apellidoynombre cognomenome cognomeenome nazwiskoiimie prijmeniajmeno yourname contactname
    contactperson whoareyou whatshouldwecallyou howshouldwecallyou vollername vollstandigername vorundnachname
    vorundzuname vornamenachname vornameundnachname wieheisstdu wieheissensie ansprechpartner ansprechperson
    kontaktperson nom nomcomplet nometprenom nometprenoms prenometnom nomprenom prenomnom commentvousappelezvous
    commenttappellestu nombre nombrecompleto nombreyapellido nombreyapellidos nombresyapellidos comotellamas
    comosellama nome nomecompleto nomeecognome nomecognome nomeesobrenome cometichiami comesichiama comovocesechama
    naam volledigenaam voorenachternaam hoeheetje hoeheetu contactpersoon namn fullstandigtnamn forochefternamn
    vadheterdu navn fulltnavn fuldenavn forogetternavn forogefternavn hvaheterdu hvadhedderdu nimi kokonimi
    imieinazwisko jaksienazywasz jmeno jmenoaprijmeni adsoyad adinizsoyadiniz фио имяифамилия お名前 氏名 姓名
    名字 이름 성함 adisoyadi adivesoyadi advesoyad adinizvesoyadiniz isim isminiz isimsoyisim isimsoyad isimvesoyisim
    isminizvesoyisminiz tamad tamadiniz nume numele numecomplet numelecomplet numesiprenume numesiprenumele
    numelesiprenumele numeprenume prenumesinume cumtenumesti cumvanumiti cumtecheama cumvacheama nev neve neved
    teljesnev teljesneve teljesneved azonneve hogyhivjak hogyhivnak ονομα ονοματεπωνυμο ονομακαιεπωνυμο ονομαεπωνυμο
    επωνυμοκαιονομα πληρεςονομα πωςσελενε πωςονομαζεστε שם השם שמך שםמלא השםהמלא שמךהמלא שםפרטיומשפחה שםפרטיושםמשפחה
    איךקוראיםלך الاسم اسمك الاسمالكامل الاسمبالكامل اسمكالكامل اسمكبالكامل hoten hovaten hotendaydu hovatendaydu
    tendaydu tencuaban tenbanlagi bantenlagi bantengi quydanh піб повнеімя імятапрізвище імяіпрізвище імяпрізвище
    прізвищетаімя прізвищеіімя прізвищеімя прізвищеімяпобатькові яквасзвати яктебезвати фамилияиимя фамилияимя
    фамилияимяотчество каквасзовут username meno menoapriezvisko imeiprezime imeinpriimek име имеифамилия
    vardasirpavarde vardaspavarde vardsuzvards vardsunuzvards nama namalengkap nomicognoms nafn fulltnafn ชอ
    ชอนามสกล ชอและนามสกล नम परनम نام نامونامخانوادگی 您的姓名""",
        INFIX: """tussenvoegsel tussenvoegsels voorvoegsel infix""",
        "company": """company companyname companyaccount accountcompany accountaccountname associatedcompany
    primaryassociatedcompany associatedcompanyprimary primarycompany nameofcompany nameoforganization nameoforganisation
    nameofbusiness organization organisation organizationname organisationname org orgname business businessname
    employer employername companyorganization companyorganisation accountname workplace firm yourcompany wheredoyouwork
    billingcompany defaultaddresscompany firma firmenname firmaname namefirma unternehmen unternehmensname
    nameunternehmen nameunternehmens arbeitgeber betrieb woarbeitestdu woarbeitensie entreprise nomdelentreprise
    nomentreprise societe nomdelasociete nomsociete raisonsociale employeur organisme outravaillezvous empresa compania
    nombredelaempresa nombreempresa razonsocial organizacion dondetrabajas nomedaempresa nomeempresa razaosocial
    companhia organizacao ondevocetrabalha azienda nomeazienda societa nomesocieta ragionesociale ditta impresa
    organizzazione dovelavori bedrijf bedrijfsnaam naambedrijf organisatie naamorganisatie werkgever onderneming
    waarwerkje foretag foretagsnamn foretagetsnamn arbetsgivare bedrift bedriftsnavn firmanavn arbeidsgiver virksomhed
    virksomhedsnavn organisasjon yritys yrityksennimi organisaatio nazwafirmy organizacja nazwaorganizacji
    wjakiejfirmiepracujesz spolecnost nazevspolecnosti sirket sirketadi компания названиекомпании организация 会社名
    公司 公司名称 회사 회사명 sirketiniz sirketadiniz sirketismi firmaadi firmaadiniz firmaniz kurum kurumadi kurumunuz
    kurulus isyeri isyeriniz calistiginizkurum calistiginizsirket hangisirkettecalisiyorsunuz companie numelecompaniei
    numecompanie numecompaniei numelefirmei numefirma numefirmei denumirefirma denumireafirmei denumirecompanie
    organizatie organizatia numeorganizatie angajator undelucrezi undelucrati ceg cege cegnev cegneve cegeneve cegedneve
    vallalat vallalatneve vallalkozas vallalkozasneve munkahely munkahelye munkahelyed szervezet szervezetneve
    holdolgozik holdolgozol εταιρεια εταιρια ονομαεταιρειας ονομαεταιριας επωνυμια επωνυμιαεταιρειας επωνυμιαεπιχειρησης
    επιχειρηση ονομαεπιχειρησης οργανισμος εργοδοτης πουεργαζεστε חברה החברה שםחברה שםהחברה ארגון שםארגון שםהארגון
    שםהעסק שםעסק מקוםעבודה מקוםהעבודה איפהאתהעובד איפהאתעובדת الشركة شركة شركتك اسمالشركة اسمشركتك الموسسة اسمالموسسة
    جهةالعمل المنظمة مكانالعمل اينتعمل congty tencongty doanhnghiep tendoanhnghiep tochuc tentochuc coquan noilamviec
    noicongtac donvicongtac bandanglamviecodau компанія назвакомпаніі організація назваорганізаціі підприємство
    назвапідприємства фірма місцероботи роботодавець девипрацюєте employmentname arbetsplats arbeidsplass arbejdsplads
    spolocnost nazovspolocnosti nazovfirmy tvrtka kompanija podjetje imepodjetja фирма imone imonespavadinimas uznemums
    ettevote 御社名 貴社名 企業名 勤務先 公司名稱 기업명 perusahaan namaperusahaan syarikat namasyarikat nomdelempresa
    fyrirtaeki nafnfyrirtaekis บรษท ชอบรษท कपन شرکت نامشرکت""",
        "jobTitle": """jobtitle jobrole organizationtitle title position role job jobposition occupation worktitle
    jobfunction designation profession professionaltitle positiontitle roletitle jobdescription whatdoyoudo
    berufsbezeichnung jobbezeichnung stellenbezeichnung positionsbezeichnung jobtitel beruf stelle funktion rolle
    tatigkeit taetigkeit poste fonction intituleduposte intituledeposte intituleposte titreduposte metier cargo puesto
    puestodetrabajo profesion funcao profissao ruolo funzione qualifica mansione posizione posizionelavorativa
    professione functie functietitel functienaam rol beroep befattning roll yrke jobbtitel stilling stillingstittel
    stillingsbetegnelse tehtavanimike tehtava rooli stanowisko rola zawod pozice unvan должность 役職 职位 职务 직책
    unvaniniz isunvani isunvaniniz pozisyon pozisyonunuz gorev goreviniz meslek mesleginiz functia functiaocupata
    ocupatie ocupatia profesie profesia pozitie pozitia titluljobului titlulpostului beosztas beosztasa beosztasod
    munkakor munkakore munkakorod pozicio pozicioja foglalkozas foglalkozasa foglalkozasod θεση θεσηεργασιας τιτλοςθεσης
    τιτλοςεργασιας επαγγελμα ιδιοτητα ρολος תפקיד התפקיד תוארתפקיד הגדרתתפקיד תפקידבחברה התפקידבחברה מקצוע עיסוק
    المسمىالوظيفي المسميالوظيفي مسماكالوظيفي الوظيفة وظيفتك المنصب منصبك المهنة مهنتك chucvu chucdanh vitricongviec
    nghenghiep congviec vaitro посада заиманапосада професія роль titteli employmenttitle titel pozicia pozicija
    radnomjesto delovnomesto длъжност позиция pareigos amats ametikoht 職稱 職位 職務 职称 직급 jabatan posisi jawatan
    carrec starfsheiti ตาแหนง ตาแหนงงาน""",
    }.items()
}
# Beside the first of these, the second is the last name: "Vorname" and "Name".
SURNAME_BESIDE: Final = {
    "vorname": "name", "vornamen": "name", "prenom": "nom", "prenoms": "nom", "voornaam": "naam",
    "voornamen": "naam", "fornamn": "namn", "fornavn": "navn", "etunimi": "nimi", "prenume": "nume",
}  # fmt: skip
# Short words with other meanings elsewhere. They count only beside one of these: "Ad" and "Soyad", "Họ" and "Tên".
COUNTS_BESIDE: Final = {
    "ad": {"soyad", "soyadi", "soyisim"}, "adi": {"soyad", "soyadi", "soyisim"}, "ten": {"ho", "hovatendem"},
    "ho": {"ten", "tendemvaten"}, "titel": {"fornamn", "efternamn", "foretag", "fornavn", "efternavn", "virksomhed"},
}  # fmt: skip
# Labels that ask for the family name first, or of languages in which most people write it first, but not all do. A
# name of several words under one of these is not split.
FAMILY_FIRST: Final = word_set("""nume numele numecomplet numelecomplet numesiprenume numesiprenumele numelesiprenumele
    numeprenume nev neve neved teljesnev teljesneve teljesneved azonneve hogyhivjak hogyhivnak επωνυμοκαιονομα hoten
    hovaten hotendaydu hovatendaydu tendaydu tencuaban tenbanlagi bantenlagi bantengi quydanh піб прізвищетаімя
    прізвищеіімя прізвищеімя прізвищеімяпобатькові фио фамилияиимя фамилияимя фамилияимяотчество お名前 氏名 姓名
    您的姓名 이름 성함 nachnamevorname namevorname lastnamefirstname surnamefirstname namelastfirst apellidosnombre
    apellidosynombre apellidosnombres apellidosynombres apellidoynombre cognomenome cognomeenome nazwiskoiimie
    prijmeniajmeno""")

# Words for a person who signs up.
PEOPLE: Final = word_set("""contact lead customer person applicant visitor subscriber attendee guest invitee member
    participant registrant respondent prospect""")
# Objects named for a person. A `name` in one is the person's, and of two objects with addresses the event is about it.
PERSONS: Final = PEOPLE | word_set("user profile metadata traits payer requester booker buyer scheduler")

# Words that say nothing about what the field holds: "your-name".
FILLER: Final = word_set("""a an the your my our you we what whats which is s please us do or oder ou et ihre ihr ihren
    deine dein votre su tu il tuo uw je jouw de la el le der die das seu sua din ditt twoj twoje swoj heisst anda""")
# The same in whole sentences ("Quel est le ..."). In a program's `name_en` they may be codes.
SPOKEN: Final = FILLER | word_set("""at in within ihres ihrer deinen deines deiner den dem des wie lautet ist sie du was
    fur bei im bitte welche welches welcher welchem welchen vos ton ta vous les l d un une quel quelle est dans los las
    del al en que cual es o as da dos e em na qual quale voce che lo gli di della dello dell nella per tua suo u wat van
    het een bij welk dit vad ar hva hvad vilket vilken hvilket twoja twojej twojego swoje swojej jaki jaka jakie jest
    podaj w nedir lutfen sizin senin care este sunt dvs dumneavoastra tau az mi kerjuk ποιο ποια ποιος ειναι το ο η σας
    σου της מה מהו מהי שלך שלכם את ما هو هي ماهو ماهي cua ban gi ваш ваша ваше ваші твоє твоя твии яке яка якии є""")
# Filler only before the noun: a "business type" is no business.
FILLER_BEFORE: Final = PEOPLE | word_set("""and so now und y optional required enter provide share tell client candidate
    submitter delegate donor supporter volunteer buyer from sender valid current input field value answer raw text mce
    wpcf7 pb introduceti introdu adja meg אנא נא הזן הזינו להזין يرجى الرجاء ادخل ادخال vui long
    nhap вкажіть введіть""")
# Filler only behind the noun.
FILLER_BEHIND: Final = word_set("""required optional input field value answer raw text here below work for called
    represent hold have are from with vertreten vertrittst representez representas rappresenti vertegenwoordigt
    representerar representerer reprezentujesz har pflichtfeld freiwillig erforderlich haben hast sind bist tatig
    arbeiten arbeitest obligatoire facultatif optionnel requis travaillez travailles occupez occupes obligatorio
    obligatoria opcional requerido trabajas trabaja ocupas ocupa trabalha obbligatorio facoltativo lavori lavora ricopri
    verplicht optioneel werk werkt obligatoriskt obligatorisk valfritt jobbar arbetar pa wymagane opcjonalne pracujesz
    zorunlu istegebagli obligatoriu kotelezo υποχρεωτικο προαιρετικο חובה مطلوب اختياري batbuoc обовязково необовязково
    billing""")
# Objects that wrap a person's own fields. In others ("site", "form", "product") a `name` is not a person's.
WRAPPERS: Final = PEOPLE | word_set("""user fields field data values value answers answer payload attributes attribute
    properties property traits submission formdata formfields record body profile object response formresponse request
    input inputs json custom detail result rawrequest usermetadata rawusermetadata publicmetadata userattributes
    personaldata contactdata contactinfo publicprofile customfields customfield wpforms customattributes customdata
    questions question responses namedvalues fielddata questionsandanswers usercolumndata fieldvalues jform submitted
    mauticform contactform contactdetails personalinfo personaldetails userdata userinfo customerdata customerinfo
    customerdetails buyerdetails core current formvalues formsubmission submissiondata stringvalue booleanvalue text
    newimage dynamodb s bool""")
# Words with other meanings elsewhere: they count only directly inside a wrapper, or alone.
AMBIGUOUS: Final = word_set("""name names title first last position role job business mail org displayname replyto nom
    nombre nome naam namn navn nimi funktion fonction cargo rolle rol roll rola stelle poste posizione jmeno isim nume
    nev ad adi ho ten ονομα שם الاسم імя meno ime име nama nafn नम نام ชอ titel""")
# Other people, and places with an address of their own. A plural counts as well.
OTHERS: Final = word_set("""friend colleague coworker referrer referral referred recommender manager supervisor boss
    owner agent assignee assigned rep representative salesperson recipient inviter author creator host organizer
    organiser spouse child children kid daughter baby wife husband partner emergency beneficiary assistant affiliate
    ambassador seller vendor merchant site website shop store support staff webmaster noreply freund freundin
    freundes kollege kollegin empfehler geworben notfall notfallkontakt ami amie collegue parrain filleul enfant
    urgence amigo amiga amico amica colega collega hijo hija figlio figlia filho filha emergencia vriend vriendin
    znajomy znajomego""")
# What the person did, and no operator: `submitted_by`.
SIGNED_UP: Final = word_set("submitted requested registered booked completed signed filled purchased ordered")
# Objects of other people, with what was before, or of a mail. In a form, `sender_name` is the person's own.
OBJECTS_OF_OTHERS: Final = word_set("""headers commonheaders sender previous previousattributes previousdata
    previousvalues before old oldrecord oldvalues olddata oldimage""")
# What programs write before a plain name: `reg_company`, `txtEmail`.
PREFIXES: Final = word_set("""user usr reg register registration signup txt c""")
# Before a first or last name these make it another person's, or another name of this person.
NOT_THEIRS: Final = OTHERS | word_set("""shipping delivery gift son sons kind mother mothers father fathers pet pets
    doctor doctors teacher teachers director maiden former previous birth second segundo""")
# Names of secrets. They are never forwarded.
SECRETS: Final = word_set("""password passwd pwd passphrase passcode passwort kennwort motdepasse contrasena senha
    wachtwoord losenord passord adgangskode haslo token secret apikey accesskey privatekey secretkey sharedkey
    signingkey encryptionkey authkey masterkey webhookkey googlekey licensekey handshakekey handshake hmac authorization
    bearer credential credentials jwt cookie sessionid phpsessid jsessionid otp mfacode csrf xsrf cardnumber creditcard
    creditcardnumber ccnumber cvc cvv iban ssn socialsecuritynumber securityanswer userpass viewstate eventvalidation
    integrationkey securitycode""")

# Titles before a name. Those with a full stop are names without it: "Ing".
TITLES: Final = word_set("""mr mrs ms miss mister mx dr prof doctor professor sir herr herrn frau dipl-ing dr-ing
    univ-prof priv-doz monsieur madame mme mlle sr sra srta dra señor señora dña doña sigra dott dottssa dhr mevr
    mevrouw mw. hr. fru drs med. rer. nat. phil. jur. habil. ing. dipl. mag. rev. hon. capt. engr. lic. arq. sig.
    avv. ir. m.""")
# A title before a name, which forms also label "Title".
SALUTATIONS: Final = TITLES | word_set("""madam m sig signor signora""")
# What programs write for no answer.
NULL_WORDS: Final = word_set("""n/a N/A null undefined None NaN""") | {"[object Object]"}
# A box that is ticked, or not.
YES: Final = word_set("""true t yes on 1 1.0 y checked ja oui si sí sì sim tak ano áno evet igen kyllä da да так ναι כן
    نعم có はい 是 예 ✓ ✔ ☑ ✅""")
NO: Final = word_set("""false f no off 0 0.0 n nein non nee nej nei não nao nie nope none na нет ні hayır nem όχι לא لا
    không いいえ 否 아니요""")
# Answers to "Are you a business?" or to an unwanted field. None is the name of a company or job.
NO_ANSWERS: Final = YES | NO | word_set("keine keins aucune aucun ninguna ninguno nenhuma nessuna geen ingen brak")
# What programs and people write for an unknown name, company or job.
NOT_TOLD: Final = word_set("""none unknown anonymous anonyme anonym anonimo unbekannt inconnu desconocido noname
    nonameprovided notprovided notspecified notset notapplicable notavailable""")
# An app's permission levels, under a name that may also ask for a job.
ACCOUNT_ROLES: Final = word_set("""owner admin administrator superadmin super_admin member org:admin org:member editor
    viewer user guest subscriber contributor customer authenticated anon anonymous lead contact end-user participant
    attendee team_member""")
# A name that ends in one of these is a company's.
LEGAL_FORMS: Final = word_set("""gmbh kg ohg gbr inc llc llp ltd limited plc corp corporation sarl sasu eurl srl bv aps
    sro""")
