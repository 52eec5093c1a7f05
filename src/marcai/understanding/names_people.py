"""What is known of people's names anywhere: nicknames, common names, Chinese family names and their spellings.

Small on purpose: a nickname opens a way to a provider, a common name closes one ("Marta" is not a slip for "Maria").
"""

_NICKNAMES = """
beatriz bia bea beatrice|william will bill billy willy liam|jose ze zeca joseph joe joey pepe|antonio toninho tonho tony anthony toni|francisco chico francis frank frankie xico
eduardo edu dudu edward ed eddie ted|ricardo rick richard rich dick ricky rico|roberto beto robert rob bob bobby robbie|fernanda fe nanda fer|fernando fer nando|gabriela gabi gabriella gaby
gabriel gabe biel|rafael rafa raphael|rafaela rafa|daniel dani dan danny|daniela dani daniella danielle|carolina carol carolyn caroline carrie|luciana lu|lucia lu lucy|luiza lu luisa isa louisa louise
luiz lu luis luizinho lewis louis|mariana mari|maria mari mary marie|marina mari|juliana ju juli|julia ju juli|patricia pat paty pati trish tricia patty|patrick pat paddy|adriana dri adri|adriano dri
alexandre xande ale alex alexander sandy|alexandra ale alex sandra|andre dede andrew andy drew|isabela isa bela isabella bella isabel izzy|leonardo leo leonard|leandro le leo|leticia le leti
thiago ti|gustavo gu guga|guilherme gui guto|augusto guto gus|henrique rique henry harry hank|joaquim quim juca|joao jo john johnny jack jon|pedro pedrinho peter pete|paulo paulinho paul
carlos caca carlinhos charles charlie chuck|marcelo celo|marcela celo|renata re|renato re|rodrigo digo rod|rodney rod|sebastiao tiao sebastian seb|raimundo mundinho raymond ray|sergio serginho
catarina cata cathy kate kathy katie catherine katherine kathryn cate cat|cristina cris christina chris tina kris|cristiane cris cristiana|cristiano cris christian chris|christopher chris topher kit
elizabeth liz beth betty lizzie eliza bete|elisabete bete beth liz|margarida guida margaret maggie meg peggy|vitoria vivi vi victoria vicky tori|victor vitor vic|viviane vivi vi|vinicius vini vinny
matheus teteu matt mateus matthew matteo|michael mike mick mickey miguel|michelle mi shelly|james jim jimmy jamie tiago|jennifer jen jenny jenn|jessica jess jessie|joshua josh|jonathan jon jonny jonatas
samuel sam sammy samuca|samantha sam sammy|benjamin ben benji benny|thomas tom tommy tomas|timothy tim timmy|steven steve stephen stevie|stephanie steph|nicholas nick nicky nicolas nico|nicole nicky nic
david dave davey davi|donald don donny|douglas doug|gregory greg|jeffrey jeff geoffrey geoff jeferson|kenneth ken kenny|lawrence larry laurence|leslie les|martin marty|nathaniel nate nathan nat|philip phil felipe lipe filipe
ronald ron ronnie|russell russ|susan sue susie suzana su|suzanne sue|terence terry teresa tereza teca|theodore ted teddy theo|vincent vince vicente vinnie|walter walt valter|zachary zach zack
deborah deb debbie debora|dorothy dot dottie|jacqueline jackie|judith judy|kimberly kim|pamela pam|rebecca becky becca rebeca|barbara barb babi|angela angie|amanda mandy|abigail abby gail
helena lena leninha helen nell ellie|eleanor ellie nora nell|alice lili|heloisa helo|ana aninha anna ann anne annie|sofia sophia sophie sofi|simone si moni|monica moni|silvia sil sylvia|tatiana tati|priscila pri|camila mila cami
larissa lari|natalia nati natalie nat|bruna bru|bruno bru|fabio fabinho fabian fabiano|fabiana fabi|flavia fla|flavio fla|marcos marquinhos marcus mark marc marco|eugenia gege eugene gene|otavio tavinho|caetano cae|geraldo gege gerald gerry jerry
emanuel manu emmanuel manny|emanuela manu manoela manuela|manuel mane manoel manny manu|rosana ro rosa rose|roseli ro|rogerio ro roger|debora deb|valeria val valerie|valdir val|regina re gina|georgina gina|virginia ginny gina
"""

NICKNAME_GROUPS: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split()) for line in _NICKNAMES.strip().splitlines() for group in line.split("|")
)
"""The first name of a group is the full one; the others are said for it, or are it in another language."""

COMMON_NAMES = frozenset(
    """
adriana adriano alan alessandra alex alexandre alice alicia aline amanda amelia amy ana anderson andre andrea andreia angela angelica anna anne antonia antonio
arthur artur augusta augusto aurora barbara beatriz benedita benicio bernardo bianca brenda breno brian bruna bruno caio camila camilo carla carlos carol carolina caroline
catarina cecilia celia celina celso cesar charles christian clara clarice claudia claudio cleber cristiana cristiane cristiano cristina daniel daniela daniele danilo david davi
debora denise diana diego dora douglas edna edson eduarda eduardo elaine eliana eliane elias elisa elisabete elizabeth eloa emilia emilio emily emma enzo erica erika ester eva
evandro evelyn fabiana fabiano fabio fabiola fatima felipe fernanda fernando flavia flavio francisca francisco gabriel gabriela george geraldo gilberto giovana giovanna
gisele gloria grace gustavo guilherme heitor helen helena heloisa henrique hugo igor ines ingrid irene iris isabel isabela isabella isadora ivan ivone jaqueline janaina jane
janet jessica joana joao joaquim john jorge jose joseph josue joyce julia juliana juliano julio karen karina karla kate katia kelly kevin lais lara larissa laura lauro lea leandra leandro
leila leo leonardo leonor leticia lia lidia lilian liliana linda lisa livia lorena lorenzo lourdes luana lucas lucia luciana luciano lucio luis luisa luiz luiza luna maisa manuel manuela
mara marcela marcelo marcia marcio marco marcos margarida maria mariana mariano marilia marina mario marisa marli marlene marta martha mary mateus matheus mauricio mauro mayara melissa michele miguel
milena milton miriam moises monica murilo nadia nair nancy natalia natasha nelson nicolas nicole nilson nina noah norma olga olivia oscar osvaldo otavio pamela paola patricia paul paula
paulo pedro peter pietra priscila rafael rafaela raquel rachel raul rebeca regina reinaldo renan renata renato rene ricardo richard rita roberta roberto robson rodrigo rogeria rogerio romeu
ronaldo rosa rosana rosangela rose roseli ruth sabrina samuel sandra sara sarah sergio silvana silvia silvio simone simao sofia solange sonia sophia stella suely susana suzana tais tania
tatiana teresa tereza thais thiago tiago thomas tomas valdir valentina valeria valter vanessa vera veronica vicente victor victoria vinicius viviane vitor vitoria wagner walter wanda wellington
wesley william yara yasmin yuri zilda jack james robert michael linda susan karen lisa sandra ashley donna carol ruth sharon michelle laura sarah kimberly deborah mark steven andrew kenneth joshua
silva santos oliveira souza sousa rodrigues ferreira alves pereira lima gomes costa ribeiro martins carvalho almeida lopes soares fernandes vieira barbosa rocha dias nascimento andrade moreira nunes
marques machado mendes freitas cardoso ramos goncalves santana teixeira araujo borges moura pinto prado prates lins leal sales salles reis castro campos azevedo cunha farias batista barros
melo mello miranda monteiro moraes morais neves nogueira novaes pires queiroz rezende sampaio siqueira tavares torres vargas vasconcelos xavier braga brito bueno caldas coelho correa
correia couto dantas duarte fonseca franco furtado garcia guerra guimaraes leite macedo maia matos medeiros menezes mota motta paiva peixoto peres pinheiro porto rangel rios saraiva
serra toledo valente viana smith johnson williams brown jones miller davis wilson anderson taylor thomas moore jackson martin lee thompson white harris clark lewis robinson walker young allen king wright
scott hill green adams baker nelson carter mitchell roberts turner phillips campbell parker evans edwards collins stewart morris murphy cook rogers morgan cooper peterson reed bailey bell
kelly howard ward cox richardson wood watson brooks bennett gray hughes price myers long foster sanders ross nguyen patel
""".split()
)
"""Given and family names that are at home in Brazil and in English: a word among them is meant as it stands."""

_FAMILY = (
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu 郭guo 何he 林lin 高gao 罗luo 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 韩han 冯feng 邓deng 曹cao "
    "彭peng 曾zeng 肖xiao 萧xiao 田tian 董dong 袁yuan 潘pan 于yu 蒋jiang 蔡cai 余yu 杜du 叶ye 程cheng 苏su 魏wei 吕lv 丁ding 任ren 沈shen 姚yao 卢lu 姜jiang 崔cui 钟zhong 谭tan 陆lu 汪wang 范fan 金jin 石shi 廖liao "
    "贾jia 夏xia 韦wei 付fu 傅fu 方fang 白bai 邹zou 孟meng 熊xiong 秦qin 邱qiu 江jiang 尹yin 薛xue 闫yan 段duan 雷lei 侯hou 龙long 史shi 陶tao 黎li 贺he 顾gu 毛mao 郝hao 龚gong 邵shao 万wan 钱qian 严yan 覃qin 武wu 戴dai "
    "莫mo 孔kong 向xiang 汤tang 温wen 康kang 施shi 文wen 牛niu 樊fan 葛ge 邢xing 安an 齐qi 易yi 乔qiao 伍wu 庞pang 颜yan 倪ni 庄zhuang 聂ni 章zhang 鲁lu 岳yue 翟zhai 殷yin 詹zhan 申shen 欧ou 耿geng 关guan 兰lan 焦jiao "
    "俞yu 左zuo 柳liu 甘gan 祝zhu 包bao 宁ning 尚shang 符fu 舒shu 阮ruan 柯ke 纪ji 梅mei 童tong 凌ling 毕bi 单shan 季ji 裴pei 霍huo 涂tu 成cheng 苗miao 谷gu 盛sheng 曲qu 翁weng 冉ran 骆luo 蓝lan 路lu 游you 辛xin 靳jin 管guan "
    "柴chai 蒙meng 鲍bao 华hua 喻yu 祁qi 房fang 滕teng 屈qu 饶rao 解xie 牟mou 艾ai 尤you 时shi 穆mu 农nong 司si 卓zhuo 古gu 吉ji 缪miao 简jian 车che 项xiang 连lian 芦lu 麦mai 褚chu 娄lou 窦dou 戚qi 岑cen 景jing 党dang 宫gong 费fei 卜bu "
    "冷leng 晏yan 席xi 卫wei 米mi 柏bai 宗zong 瞿qu 桂gui 全quan 佟tong 应ying 臧zang 闵min 苟gou 邬wu 边bian 卞bian 姬ji 师shi 和he 仇qiu 栾luan 隋sui 商shang 刁diao 沙sha 荣rong 巫wu 寇kou 桑sang 郎lang 甄zhen 丛cong 仲zhong 虞yu 敖ao "
    "巩gong 明ming 佘she 池chi 查zha 麻ma 苑yuan 迟chi 邝kuang 区ou 朴piao 乐yue 繁po 盖ge"
)
FAMILY_READINGS: dict[str, str] = {entry[0]: entry[1:] for entry in _FAMILY.split()}
"""How a character is read when it is a family name, in the order of how common it is."""

COMPOUND_FAMILIES = frozenset("欧阳 司马 诸葛 上官 司徒 夏侯 皇甫 尉迟 公孙 慕容 长孙 令狐 端木 东方 南宫 轩辕 宇文 独孤 申屠 呼延".split())

WEAK_FAMILIES = frozenset("于万向文安时农和司成全华明关易方应师查乐区边连车路景荣古吉简项党费解单江金白石康高左包商毛游管米沙麻")
"""Family names that are everyday words or given names too: one stands for a name only where no stronger one precedes it."""

_TRADITIONAL = (
    "張张 劉刘 陳陈 楊杨 黃黄 趙赵 吳吴 孫孙 馬马 羅罗 鄭郑 謝谢 許许 韓韩 馮冯 鄧邓 蕭萧 葉叶 蘇苏 呂吕 盧卢 鍾钟 鐘钟 譚谭 陸陆 賈贾 韋韦 鄒邹 閻闫 閆闫 龍龙 賀贺 顧顾 龔龚 萬万 錢钱 嚴严 湯汤 溫温 齊齐 喬乔 龐庞 顏颜 莊庄 "
    "聶聂 魯鲁 歐欧 關关 蘭兰 寧宁 紀纪 畢毕 單单 塗涂 駱骆 藍蓝 華华 饒饶 時时 農农 繆缪 簡简 車车 項项 連连 蘆芦 麥麦 婁娄 竇窦 黨党 宮宫 費费 衛卫 應应 閔闵 鄔邬 邊边 師师 欒栾 榮荣 叢丛 鞏巩 遲迟 鄺邝 區区 樂乐 蓋盖 諸诸 "
    "東东 軒轩 轅辕 偉伟 麗丽 靜静 強强 國国 軍军 傑杰 濤涛 豔艳 艷艳 鵬鹏 輝辉 剛刚 紅红 飛飞 曉晓 愛爱 穎颖 嬌娇 瑩莹 雲云 瓊琼 蓮莲 慶庆 義义 賢贤 鳳凤 鴻鸿 澤泽 潔洁 嵐岚 維维 綺绮 綠绿 緯纬 銘铭 錦锦 鈺钰 鋒锋 陽阳 雙双 "
    "霧雾 頌颂 順顺 飄飘 駿骏 騰腾 驥骥 魚鱼 鶴鹤 齡龄 寶宝 恆恒 憲宪 懷怀 戰战 擇择 昇升 曄晔 棟栋 楓枫 樺桦 機机 橋桥 歡欢 淵渊 淨净 滿满 漢汉 煒炜 燁烨 爾尔 瑋玮 瑤瑶 璽玺 發发 碩硕 禎祯 禮礼 穩稳 筆笔 節节 範范 紹绍 經经 "
    "綱纲 緒绪 編编 聖圣 聰聪 聲声 興兴 蒼苍 蔣蒋 薩萨 藝艺 訓训 詩诗 誠诚 語语 調调 謙谦 議议 貝贝 貴贵 賓宾 贊赞 贏赢 輕轻 達达 遠远 適适 還还 鄉乡 釗钊 銀银 鋼钢 錚铮 鎮镇 鐵铁 鑑鉴 長长 開开 閣阁 雋隽 電电 韜韬 韻韵 額额 "
    "願愿 類类 風风 養养 騫骞 鬱郁 鵑鹃 鶯莺 點点 蕓芸 嫻娴 婭娅 孿孪 學学 實实 寬宽 將将 導导 屆届 峯峰 嶺岭 嶽岳 幹干 廣广 彥彦 從从 徹彻 憶忆 戀恋 揚扬 撫抚 勝胜 勵励 勳勋 協协 卻却 啟启 啓启 喚唤 嘯啸 園园 圓圆 堅坚 堯尧 "
    "報报 場场 夢梦 奧奥 奮奋 婦妇 沖冲 淩凌 準准 涼凉 減减 凱凯 劍剑 創创 動动 務务 個个 們们 倫伦 備备 傳传 傾倾 僑侨 億亿 儀仪 優优 兒儿 儉俭 業业 產产 權权 爲为 為为 無无 獻献 環环 現现 畫画 當当 療疗 盡尽 眾众 醫医 專专 "
    "營营 復复 檢检 樓楼 號号 處处 約约 診诊 門门 陰阴 預预 體体 膚肤 腫肿 內内 齒齿 臟脏 濕湿 過过 針针 術术 變变 換换 這这 對对 會会 說说 給给 幫帮 請请 麼么 後后 見见 繼继 續续 壓压 線线 絡络 視视 頻频"
)
TO_SIMPLIFIED = str.maketrans({entry[0]: entry[1] for entry in _TRADITIONAL.split()})
"""The characters of names and of clinics from Traditional to Simplified, one to one so that positions stay."""

_ROMANISED = """
chan chen|wong wang|wong huang|lee li|lam lin|cheung zhang|chang zhang|ng wu|ng huang|leung liang|ho he|lau liu|cheng zheng|hsu xu|chou zhou|chow zhou|tsai cai|choi cai|hsieh xie|tse xie
kwok guo|kuo guo|chu zhu|tang deng|yeung yang|yip ye|yeh ye|chiu zhao|chao zhao|tsang zeng|tseng zeng|kwan guan|fung feng|so su|liao liao|hsiao xiao|siu xiao|lui lv|loo lu|lo luo|mak mai
poon pan|pun pan|tam tan|yuen yuan|yu yu|yue yu|kong jiang|chiang jiang|tsao cao|woo hu|wu hu|shih shi|shek shi|au ou|lai li|law luo|hung hong|suen sun|szeto situ|ma ma|mok mo|tong tang|sung song|hui xu
"""
ROMANISED_FAMILIES: dict[str, frozenset[str]] = {}
"""Family names as Hong Kong and Taiwan spell them, and the pinyin that they may stand for."""
for _pair in _ROMANISED.replace("\n", "|").strip("|").split("|"):
    _said, _pinyin = _pair.split()
    ROMANISED_FAMILIES[_said] = ROMANISED_FAMILIES.get(_said, frozenset()) | {_pinyin}
