#pragma once
// Everything that the command says to people, in one table. {0}, {1} ... are filled in.

#include "common/text/language.hpp"

namespace gonghui::ctl::text {

// --- a file that is no roster ---
inline constexpr Text not_roster_empty{"文件是空的", "The file is empty."};
inline constexpr Text not_roster_pdf{"这是 PDF 文件，不是名册；请用表格软件导出 CSV（UTF-8）",
                                     "This is a PDF, not a roster; export CSV (UTF-8) from the spreadsheet."};
inline constexpr Text not_roster_spreadsheet{"这是 Excel 工作簿；请在 Excel 中另存为“CSV UTF-8（逗号分隔）”",
                                             "This is a spreadsheet; save it as \"CSV UTF-8 (comma delimited)\"."};
inline constexpr Text not_roster_utf16{"文件是 UTF-16 编码；请另存为“CSV UTF-8（逗号分隔）”",
                                       "The file is UTF-16; save it as \"CSV UTF-8 (comma delimited)\"."};
inline constexpr Text not_roster_binary{"这不是文本文件", "This is no text file."};
inline constexpr Text not_roster_missing{"表头缺少这些列：{0}", "The header row lacks these columns: {0}"};
inline constexpr Text not_roster_twice{"表头中这一列出现了两次：{0}", "The header row has this column twice: {0}"};
inline constexpr Text not_roster_unmapped{"表头中没有 --columns 指定的列：{0}",
                                          "The header row has no such column as --columns names: {0}"};

// --- rows that are not sent ---
inline constexpr Text bad_encoding{"不是有效的文字编码", "These bytes are no text."};
inline constexpr Text unclosed_quote{"引号没有成对", "A quote opens here and never closes."};
inline constexpr Text line_too_long{"这一行太长", "The line is too long."};

// --- reaching the district ---
inline constexpr Text no_district{"{0} 中没有已启动过的区县；用 gonghui up 启动，或用 --district-folder 指定",
                                  "There is no district in {0}; `gonghui up` starts one, --district-folder names "
                                  "another."};
inline constexpr Text hub_unreachable{"无法连接枢纽 {0}；gonghui up 是否在运行？",
                                      "The hub at {0} cannot be reached; is `gonghui up` running?"};
inline constexpr Text key_unknown{
    "枢纽不认识密钥 {0}；请用 gonghui keys list 查看，手工改动后向枢纽发送 SIGHUP",
    "The hub does not know the key {0}; see `gonghui keys list`, and send the hub a SIGHUP "
    "after a change by hand."};
inline constexpr Text nobody_answers{"{0}：没有应答", "{0}: nobody answers."};

// --- accounts ---
inline constexpr Text short_password{"密码至少要有 {0} 个字节", "A password has at least {0} bytes."};
inline constexpr Text account_password{"密码（只显示这一次）：{0}", "password (shown this once): {0}"};
inline constexpr Text account_added{"{0} 可以登录了。请用验证器应用扫描或输入下面的地址：",
                                    "{0} may log in. Put this address into an authenticator app:"};
inline constexpr Text account_removed{"{0} 不能再登录，其会话均已结束",
                                      "{0} may log in no more; their sessions have ended."};

// --- keys ---
inline constexpr Text key_made{"已生成 {0}", "made {0}"};
inline constexpr Text keys_complete{"密钥齐全：{0}", "All keys are there: {0}"};
inline constexpr Text key_exists{
    "{0} 已经存在；密钥从不覆盖，权限未变。要改变权限：先 gonghui keys revoke {1}，再 keys add",
    "{0} exists; a key is never overwritten, and its rights are unchanged. To change them: gonghui keys revoke {1}, "
    "then add it again."};
inline constexpr Text publishes_for_the_house{"{0} 不能以 {1} 的名义发布：那是系统自带的服务",
                                              "{0} cannot publish for {1}, a service of the house."};
inline constexpr Text unpublished{"注意：还没有谁发布 {0} 的事件", "Note that nobody publishes for {0} so far."};
inline constexpr Text unpublished_meant{"注意：还没有谁发布 {0} 的事件；是否想写 {1}？",
                                        "Note that nobody publishes for {0} so far; did you mean {1}?"};
inline constexpr Text no_such_key{"{0} 中没有这个密钥：{1}", "{0} has no such key: {1}"};
inline constexpr Text no_such_instance{"{0} 中没有这个实例：{1}", "{0} has no such instance: {1}"};
inline constexpr Text no_such_instance_meant{"{0} 中没有这个实例：{1}；是否想写 {2}？",
                                             "{0} has no such instance: {1}; did you mean {2}?"};
inline constexpr Text key_not_granted{"{0} 中的密钥没有授权", "The key in {0} is not granted anything."};
inline constexpr Text rotation_open{"{0} 已有两把有效密钥；请先撤销旧的：gonghui keys revoke '{1}'",
                                    "{0} has two valid keys already; revoke the old one first: "
                                    "gonghui keys revoke '{1}'"};
inline constexpr Text key_rotated{
    "{0} 下次启动时改用新密钥，在此之前旧密钥继续有效。重启之后请撤销旧密钥：\n  gonghui keys revoke '{1}'",
    "{0} has a new key, which it uses from its next start; until then the old one is valid, too. "
    "Restart it, then revoke the old one:\n  gonghui keys revoke '{1}'"};
inline constexpr Text key_revoked{"已撤销 {0}", "revoked {0}"};
inline constexpr Text plug_in_without_key{
    "{0} 不是平台自带的服务，还没有密钥；请授予它所需的权限：gonghui keys add {0} {1} --publish {0} --follow ...",
    "{0} is not of the house and has no key yet; give it what it needs: gonghui keys add {0} {1} --publish {0} "
    "--follow ..."};
inline constexpr Text key_removed{"已删除 {0}", "removed {0}"};
inline constexpr Text key_added{"已加入 {0}", "added {0}"};
inline constexpr Text hub_obeys{"枢纽已按新的授权执行", "The hub obeys already."};
inline constexpr Text no_hub_here{
    "gonghui up 没有在这里运行枢纽，枢纽启动时会读取授权；由 systemd 运行的枢纽请执行 systemctl reload "
    "gonghui-hub@区县代码，在别处运行的请向它发送 SIGHUP",
    "No hub of `gonghui up` runs here; it reads its grants when it starts. One of systemd's takes `systemctl reload "
    "gonghui-hub@DISTRICT`, and one elsewhere a SIGHUP."};
inline constexpr Text hub_not_told{"无权向枢纽（进程 {0}）发送 SIGHUP", "May not send the hub, process {0}, a SIGHUP."};
inline constexpr Text hub_disobeys{"枢纽还没有按 {0} 执行，原因见 {1}", "The hub does not go by {0}; {1} says why."};
inline constexpr Text cannot_write{"无法写入 {0}：{1}", "{0} cannot be written: {1}"};
inline constexpr Text cannot_read{"无法读取 {0}：{1}", "{0} cannot be read: {1}"};

// --- call ---
inline constexpr Text not_json{"不是有效的 JSON（行:列 {0}）", "This is no JSON (line:column {0})."};
inline constexpr Text is_missing{"缺少：{0}", "is missing: {0}"};
inline constexpr Text given_twice{"写了两次", "is given twice"};
inline constexpr Text unknown_field{"没有这个字段", "There is no such field."};
inline constexpr Text unknown_field_meant{"没有这个字段；是否想写 {0}？", "There is no such field; did you mean {0}?"};
inline constexpr Text schema_name{"文件名应为 <消息>.v<版本>.json，这个消息不可用",
                                  "a file is called <message>.v<version>.json; this message is not known here"};
inline constexpr Text schema_kind{"应为 command、query 或 event，不是 {0}；这个消息不可用",
                                  "must be command, query or event, not {0}; this message is not known here"};
inline constexpr Text schema_list{"应为文本的数组；这个消息不可用",
                                  "must be a list of texts; this message is not known here"};
inline constexpr Text schema_fields{"应为对象；这个消息不可用", "must be an object; this message is not known here"};
inline constexpr Text schema_type{"不是 schemas/README.md 中的类型：{0}；这个消息不可用",
                                  "is no type of schemas/README.md: {0}; this message is not known here"};
inline constexpr Text schema_no_json{"不是 JSON：{0}", "is no JSON: {0}"};
inline constexpr Text must_be_object{"应为对象 {...}", "must be an object {...}"};
inline constexpr Text must_be_texts{"应为对象 {...}，其中的值都是字符串", "must be an object {...} of strings"};
inline constexpr Text must_be_array{"应为数组 [...]", "must be an array [...]"};
inline constexpr Text must_be_string{"应为字符串", "must be a string"};
inline constexpr Text must_be_boolean{"应为 true 或 false", "must be true or false"};
inline constexpr Text must_be_integer{"应为整数", "must be an integer"};
inline constexpr Text must_be_uuid{"应为 UUID", "must be a UUID"};
inline constexpr Text must_be_time{"应为时间，例如 2026-03-01T12:00:00Z",
                                   "must be a time such as 2026-03-01T12:00:00Z"};
inline constexpr Text must_be_date{"应为日期，例如 2026-03-01", "must be a date such as 2026-03-01"};
inline constexpr Text must_be_base64{"应为 Base64", "must be Base64"};
inline constexpr Text must_be_one_of{"应为以下之一：{0}", "must be one of: {0}"};
inline constexpr Text out_of_range{"应在 {0} 之间", "must lie within {0}"};
inline constexpr Text wrong_size{"长度应在 {0} 之间", "must have a length within {0}"};
inline constexpr Text wrong_count{"个数应在 {0} 之间", "must have a number of entries within {0}"};
inline constexpr Text cannot_be_given{"不能由调用者提供", "cannot be given by a caller"};
inline constexpr Text unknown_type{"没有这种请求：{0}；gonghui schema 列出全部",
                                   "There is no such request: {0}; `gonghui schema` lists them all."};
inline constexpr Text unknown_type_meant{"没有这种请求：{0}；是否想写 {1}？",
                                         "There is no such request: {0}; did you mean {1}?"};
inline constexpr Text bad_actor{
    "--actor 应为 角色[:人员 UUID[:组织 UUID]]，角色为 worker officer township district city "
    "service 之一",
    "--actor is role[:person UUID[:place UUID]], role being one of worker officer township "
    "district city service"};
inline constexpr Text bad_after{"--after 应为应答中的 at：来源@纪元:序号，例如 331083/registration/0@1:42",
                                "--after is a reply's `at`: source@epoch:seq, such as 331083/registration/0@1:42"};
inline constexpr Text bad_uuid{"{0} 应为 UUID", "{0} must be a UUID"};
inline constexpr Text bad_reply{"收到的应答无法读懂：{0}", "The reply makes no sense: {0}"};

// --- new ---
inline constexpr Text no_sdk{"找不到 SDK：应在 {0}", "The SDK is not there: it should be at {0}."};
inline constexpr Text service_exists{"{0} 已是平台自带的服务；请另取名称",
                                     "{0} is a service of the house; take another name."};
inline constexpr Text folder_exists{"{0} 已存在；不会覆盖", "{0} exists; nothing is overwritten."};
inline constexpr Text service_made{"已写入 {0}；先运行其中的 test，其余见 README.md",
                                   "Written to {0}: run its test first; its README.md says the rest."};

// --- plug, unplug ---
inline constexpr Text no_plug_in{"{0} 中没有 {1}；这不是 gonghui new service 写出的服务文件夹",
                                 "{0} has no {1}; it is no folder of a service as `gonghui new service` writes it."};
inline constexpr Text excessive_rights{
    "{0} 要求的权限不能随接入授予：{1}；只授予逐个写明的服务与请求。确有需要时请先逐项授予：{2}",
    "{0} asks for more than is granted by plugging in: {1}. Only services and requests named one by one are; grant "
    "others "
    "yourself before: {2}"};
inline constexpr Text plug_name_taken{"{0} 这个名称已被使用：{1}；请另取名称",
                                      "The name {0} is taken: {1}. Take another."};
inline constexpr Text taken_by_the_house{"平台自带的服务", "a service of the house"};
inline constexpr Text taken_by_the_plan{"区县文件中的服务", "a service of the district's file"};
inline constexpr Text already_plugged{"{0} 已从 {1} 接入；如需更换，先运行 gonghui unplug {0}",
                                      "{0} is plugged in already, from {1}; `gonghui unplug {0}` ends it."};
inline constexpr Text rights_lacking{
    "{0} 已有密钥，但缺少权限：{1}；可撤销后重新接入：gonghui keys revoke '{2}'",
    "{0} has a key already, which may not {1}. Revoke it and plug in again: gonghui keys revoke '{2}'"};
inline constexpr Text nothing_up_to_plug{"{0} 中没有运行的 gonghui up；请先启动它",
                                         "No `gonghui up` runs in {0}; start it first."};
inline constexpr Text no_collector{"{0} 没有 traces.endpoint，追踪数据无处可送；请写上收集器的地址后重启区县",
                                   "{0} has no traces.endpoint, so there is nowhere for a trace to go. Name a "
                                   "collector there and start the district again."};
inline constexpr Text traced{"追踪号 {0}", "trace {0}"};
inline constexpr Text span_lost{"{0} 没有收下这次调用的追踪数据：{1}", "{0} did not take this call's span: {1}"};
inline constexpr Text plugging{"{0}：可发布 {1}，跟随 {2}，请求 {3}；正在启动 ...",
                               "{0}: publishes {1}, follows {2}, calls {3}; it is being started ..."};
inline constexpr Text plugged{"{0} 已接入并应答，日志 {1}", "{0} is plugged in and answers. Its log: {1}"};
inline constexpr Text served_already{
    "{0} 已由另一个进程提供（密钥 {1}）；请先结束它，再接入",
    "{0} is served already by another process, with the key {1}; end it, then plug in."};
inline constexpr Text plug_failed{
    "{0} 启动后退出：{2}\nup 会继续尝试。日志 {1}；用 gonghui unplug {0} 撤出",
    "{0} has ended: {2}\n`up` goes on trying. Its log: {1}; `gonghui unplug {0}` takes it out."};
inline constexpr Text plug_silent{
    "{0} 在 {1} 秒内没有应答：{3}\nup 会继续尝试。日志 {2}；用 gonghui unplug {0} 撤出",
    "{0} does not answer within {1} s: {3}\n`up` goes on trying. Its log: {2}; `gonghui unplug {0}` takes it out."};
inline constexpr Text plug_refused{"up 没有接入 {0}；原因见其输出", "`up` has not taken {0} in; it has said why."};
inline constexpr Text not_plugged{"{0} 没有以 gonghui plug 接入；已接入的：{1}",
                                  "{0} is not plugged in by `gonghui plug`; there are: {1}"};
inline constexpr Text unplugged{"{0} 已撤出，密钥已撤销；其存储保留：{1}",
                                "{0} is unplugged and its key revoked. Its store stays: {1}"};
inline constexpr Text not_ended{"{0} 在 {1} 秒内没有结束；其密钥仍有效，见 gonghui keys list",
                                "{0} has not ended within {1} s. Its key is valid still; see `gonghui keys list`."};

// --- a district's file ---
inline constexpr Text free_name{"只用小写字母、数字、- 和 _、以字母开头的名称，且不是 hub、ctl 或 up",
                                "a name of small letters, digits, - and _, a letter first, other than hub, ctl and up"};
inline constexpr Text bad_service_name{"{0} 应为{1}", "{0} must be {1}"};
inline constexpr Text curve_key{"40 个字符的 CURVE 公钥", "a CURVE public key of 40 characters"};
inline constexpr Text no_program{"没有 {0} 这个服务；自己的服务要用 program 写明程序",
                                 "there is no service {0}; one of your own needs its program"};
inline constexpr Text no_program_meant{"没有 {0} 这个服务；是否想写 {1}？自己的服务要用 program 写明程序",
                                       "there is no service {0}; did you mean {1}? One of your own needs its program"};
inline constexpr Text cannot_execute{"{0} 无法运行：{1}", "{0} cannot be executed: {1}"};

// --- up ---
inline constexpr Text config_correct{"正确", "correct"};
inline constexpr Text already_up{"{0} 中的区县已在运行，或文件夹不可写",
                                 "The district in {0} is running already, or its folder cannot be written."};
inline constexpr Text ready{"就绪      进程 {0}  http {1}  日志 {2}", "ready        pid {0}  http {1}  log {2}"};
inline constexpr Text ready_again{"重新就绪  进程 {0}  http {1}  日志 {2}", "ready again  pid {0}  http {1}  log {2}"};
inline constexpr Text district_ready{"区县 {0} 已就绪：请求 {1}  发布 {2}  订阅 {3}  文件夹 {4}",
                                     "District {0} is ready: requests {1}  publish {2}  subscribe {3}  folder {4}"};
inline constexpr Text by_signal{"信号 {0}", "signal {0}"};
inline constexpr Text by_code{"退出码 {0}", "exit code {0}"};
inline constexpr Text does_not_start{"{0} 无法启动（{1}）：{2}\n日志：{3}", "{0} does not start ({1}): {2}\nlog: {3}"};
inline constexpr Text ended_and_restarts{"{0} 已退出（{1}），{2} 秒后重新启动：{3}",
                                         "{0} ended ({1}) and is started again in {2} s: {3}"};
inline constexpr Text cannot_plug{"{0} 无法接入：{1}", "{0} cannot be plugged in: {1}"};
inline constexpr Text plug_in_not_started{"{0} 无法启动，{1} 秒后再试：{2}",
                                          "{0} does not start and is tried again in {1} s: {2}"};
inline constexpr Text instance_parted{"{0} 已按要求结束", "{0} has ended, as it was asked to."};
inline constexpr Text command_ended{"命令已结束，退出码 {0}；区县继续运行，按 Ctrl-C 停止",
                                    "The command has ended with exit code {0}; the district runs on until Ctrl-C."};
inline constexpr Text stopping{"正在停止 ...", "stopping ..."};
inline constexpr Text stopped{"已全部停止", "stopped"};
inline constexpr Text killed{"{0} 没有按时停止，已强制结束", "{0} did not stop in time and was killed"};

// --- import ---
inline constexpr Text bad_columns{"--columns 应为 列=表头，例如 name=姓名 或 phone=4：{0}",
                                  "--columns is column=header, such as name=姓名 or phone=4: {0}"};
inline constexpr Text errors_over_roster{"--errors 会覆盖名册本身：{0}；请换一个文件名",
                                         "--errors would overwrite the roster itself: {0}; name another file"};
inline constexpr Text bad_encoding_option{"--encoding 应为 auto、utf-8 或 gb18030：{0}",
                                          "--encoding is auto, utf-8 or gb18030: {0}"};
inline constexpr Text first_line{"（首次出现在第 {0} 行）", " (first on line {0})"};
inline constexpr Text title_line{"行", "LINE"};
inline constexpr Text title_column{"列", "COLUMN"};
inline constexpr Text title_reason{"原因", "REASON"};
inline constexpr Text and_more{"…… 另有 {0} 行；用 --errors 文件 保存全部",
                               "... and {0} more; --errors FILE keeps them all"};
inline constexpr Text title_check{"检查", "CHECK"};
inline constexpr Text title_import{"导入", "IMPORT"};
inline constexpr Text rows_read{"读取行数", "rows read"};
inline constexpr Text joined{"新入会", "joined"};
inline constexpr Text would_join{"可入会", "would join"};
inline constexpr Text unchanged{"已是会员", "members already"};
inline constexpr Text rejected{"未通过", "rejected"};
inline constexpr Text rows_per_second{"每秒行数", "rows per second"};
inline constexpr Text checking{"检查", "checking"};
inline constexpr Text importing{"导入", "importing"};
inline constexpr Text errors_written{"未通过的行已写入 {0}", "The rejected rows stand in {0}."};
inline constexpr Text import_stopped{"导入中止：{0}", "The import was stopped: {0}"};

// --- status ---
inline constexpr Text title_partition{"分区", "PARTITION"};
inline constexpr Text title_instance{"实例", "INSTANCE"};
inline constexpr Text title_state{"状态", "STATE"};
inline constexpr Text title_version{"版本", "VERSION"};
inline constexpr Text title_claim{"持有号", "CLAIM"};
inline constexpr Text title_head{"末尾", "HEAD"};
inline constexpr Text title_parked{"搁置", "PARKED"};
inline constexpr Text title_store{"存储", "STORE"};
inline constexpr Text title_accepted{"受理", "ACCEPTED"};
inline constexpr Text title_refused{"拒绝", "REFUSED"};
inline constexpr Text title_retry{"重试", "RETRY"};
inline constexpr Text title_other{"无效/故障", "BAD"};
inline constexpr Text title_live{"实时", "LIVE"};
inline constexpr Text title_pages{"补读", "PAGES"};
inline constexpr Text title_follower{"跟随者", "FOLLOWER"};
inline constexpr Text title_source{"来源", "SOURCE"};
inline constexpr Text title_cursor{"游标", "CURSOR"};
inline constexpr Text title_behind{"落后", "BEHIND"};
inline constexpr Text answers{"应答", "answers"};
inline constexpr Text silent{"无应答", "silent"};
inline constexpr Text diverged{"分叉", "diverged"};
inline constexpr Text hub_line{
    "枢纽：转发请求 {0}，过载 {1}，无人承接 {2}，无权 {3}；事件 {4}，未送达 {5}",
    "Hub: requests {0}, overloaded {1}, nobody there {2}, no right {3}; events {4}, dropped {5}"};
inline constexpr Text live_line{"{0} % 的事件实时送达", "{0} % of events were applied live."};
inline constexpr Text parked_line{"有 {0} 个事件被搁置：gonghui parked list",
                                  "{0} events are parked: `gonghui parked list`"};
inline constexpr Text everyone_level{"全部跟上", "Everyone is level."};
inline constexpr Text not_level{"尚未跟上：{0} 个分区无应答，落后 {1} 个事件，分叉 {2}",
                                "Not level: {0} partitions are silent, {1} events behind, {2} diverged."};

// --- backup, restore, verify, forks ---
inline constexpr Text backup_made{"{0} 已备份并核对：{1}", "{0} is backed up and checked: {1}"};
inline constexpr Text backup_failed{"{0} 备份失败：{1}", "{0} is not backed up: {1}"};
inline constexpr Text backup_not_begun{"{0} 不能开始备份：{1}", "The backup of {0} does not begin: {1}"};
inline constexpr Text backup_takes_long{"{0} 的备份仍在进行；用 --timeout 等待更久",
                                        "The backup of {0} is still under way; --timeout waits longer."};
inline constexpr Text no_backup{"{0} 中没有这个分区的备份；用 --from 指定文件",
                                "{0} has no backup of this partition; --from names a file."};
inline constexpr Text no_store_file{"{0}：没有这个存储文件", "{0}: there is no such store."};
inline constexpr Text store_in_use{"{0} 正在被另一个程序使用；请先停下它",
                                   "{0} is in use by another process; stop that one first"};
inline constexpr Text store_of_other{"它是 {0} 的存储，不是 {1} 的", "it is the store of {0}, not of {1}"};
inline constexpr Text nobody{"无主", "nobody"};
inline constexpr Text store_sound{"{0}：{1} 的 {2} 条记录全部完好", "{0}: sound, {1} with {2} records"};
inline constexpr Text store_unsound{"{0}：不能使用：{1}", "{0}: not sound: {1}"};
inline constexpr Text store_restored{"{0} 已从 {1} 恢复：纪元 {2} 自第 {3} 条记录之后开始；原存储保留为 .replaced",
                                     "{0} is restored from {1}: epoch {2} begins after record {3}; what was there is "
                                     "kept as .replaced"};
inline constexpr Text keyring_restored{"{0} 已恢复，并再次删除 {1} 个已注销的密钥",
                                       "{0} is restored, and {1} erased keys are erased again"};
inline constexpr Text no_keyring{"没有密钥环，也没有它的备份：{0}", "There is no keyring, and no backup of it: {0}"};
inline constexpr Text title_epoch{"纪元", "EPOCH"};
inline constexpr Text title_vanished{"消失的事件", "VANISHED"};
inline constexpr Text title_reactions{"由此产生的事件", "WHAT FOLLOWED FROM THEM"};
inline constexpr Text no_reactions{"没有", "nothing"};
inline constexpr Text no_forks{"所有来源的历史都与跟随过的一致", "Every source has the history that was followed."};

// --- export ---
inline constexpr Text file_exists{"{0} 已经存在；不会覆盖", "{0} exists; it is not overwritten."};
inline constexpr Text no_answer{"没有应答", "no answer"};
inline constexpr Text not_exported{"{0} 没有给出其保存的信息：{1}", "{0} does not tell what it holds: {1}"};
inline constexpr Text nothing_exported{"没有写入任何文件：副本必须完整",
                                       "No file was written: a copy is whole, or there is none."};
inline constexpr Text nothing_held{"没有任何服务保存此人的信息", "No service holds anything about this person."};
inline constexpr Text exported{"已写入 {0}；内有未脱敏的个人信息，只交给本人",
                               "Written to {0}. It shows personal data in full and is for that person alone."};
inline constexpr Text title_service{"服务", "SERVICE"};
inline constexpr Text title_held{"保存的信息", "HELD"};

// --- tail, log, parked, schema ---
inline constexpr Text unknown_service{"没有这个服务：{0}；现有：{1}", "There is no such service: {0}; there are: {1}"};
inline constexpr Text unknown_service_meant{"没有这个服务：{0}；是否想写 {1}？",
                                            "There is no such service: {0}; did you mean {1}?"};
inline constexpr Text keys_in_use{"{0} 中的密钥正在被另一个命令修改，请稍后再试",
                                  "Another command is changing the keys in {0}; try again in a moment."};
inline constexpr Text too_many_instances{
    "{0} 的分区数是 {1}，实例最多 {2} 个；更多的会闲置",
    "{0}: its number of partitions is {1}, so of instances {2} at most; more would "
    "stand idle."};
inline constexpr Text cannot_scale{"无法改变 {0} 的实例数：{1}",
                                   "The number of instances of {0} cannot be changed: {1}"};
inline constexpr Text nothing_up{"{0} 中没有运行的 gonghui up；请在区县的文件里设置 instances，或先启动它",
                                 "No `gonghui up` runs in {0}: set `instances` in the district's file, or start it "
                                 "first."};
inline constexpr Text scaling{"{0}：{1} 个实例，正在分配 {2} 个分区 ...",
                              "{0}: {1} instances; its {2} partitions are being shared out ..."};
inline constexpr Text not_scaled{
    "{0} 的分区在 {1} 秒内没有分配完，up 会继续尝试；gonghui status 显示现状，{2}/log 中各实例的日志显示原因",
    "The partitions of {0} were not shared out within {1} s, and `up` goes on trying: `gonghui status` shows how they "
    "stand, "
    "the logs of its instances in {2}/log why."};
inline constexpr Text unknown_partition{"{0} 没有这个分区；最后一个是 {1}",
                                        "{0} has no such partition; the last one is {1}."};
inline constexpr Text cannot_read_log{"无法读取 {0} 的日志：{1}", "The log of {0} cannot be read: {1}"};
inline constexpr Text may_not_follow{"枢纽不允许跟随 {0}：{1}", "The hub does not let us follow {0}: {1}"};
inline constexpr Text bad_since{"--since 应为时间，或 15m、2h、7d 之类：{0}",
                                "--since is a time, or such as 15m, 2h, 7d: {0}"};
inline constexpr Text title_number{"序号", "SEQ"};
inline constexpr Text title_type{"类型", "TYPE"};
inline constexpr Text title_lane{"通道", "LANE"};
inline constexpr Text title_detail{"说明", "DETAIL"};
inline constexpr Text title_since{"时间", "SINCE"};
inline constexpr Text nothing_parked{"没有被搁置的事件", "Nothing is parked."};
inline constexpr Text not_parked{"没有搁置这个事件", "This event is not parked."};
inline constexpr Text retried{"已重试，处理了 {0} 个事件", "Retried: {0} events were settled."};
inline constexpr Text dropped{"已丢弃并记录在案", "Dropped, and recorded."};
inline constexpr Text title_kind{"种类", "KIND"};
inline constexpr Text title_field{"字段", "FIELD"};
inline constexpr Text title_required{"必填", "REQUIRED"};
inline constexpr Text title_description{"说明", "DESCRIPTION"};
inline constexpr Text no_fields{"（没有字段）", "(no fields)"};
inline constexpr Text routed_by{"按 {0} 分配到分区", "Routed to its partition by {0}."};
inline constexpr Text reply_is{"应答：", "Reply:"};
inline constexpr Text refused_with{"可能的拒绝", "REFUSED WITH"};

// --- command line ---
inline constexpr Text output_is_cut{"输出没能全部写出", "The output could not be written in full."};
inline constexpr Text must_be_from_to{"应为 {0} 到 {1} 之间的整数", "must be a whole number from {0} to {1}"};
inline constexpr Text must_be_at_least{"应为不小于 {0} 的整数", "must be a whole number, {0} or more"};
inline constexpr Text must_have_at_most{"最多 {0} 个字", "must have at most {0} characters"};
inline constexpr Text must_not_be_blank{"不能为空", "must not be empty"};
inline constexpr Text unexpected_word{"不应有：{0}", "Unexpected: {0}"};
inline constexpr Text unknown_option{"没有这个选项：{0}", "There is no such option: {0}"};
inline constexpr Text unknown_option_meant{"没有这个选项：{0}；是否想写 {1}？",
                                           "There is no such option: {0}; did you mean {1}?"};
inline constexpr Text missing_command{"缺少命令，可用的有：{0}", "Missing: one of the commands {0}"};
inline constexpr Text missing_option{"缺少：{0}", "Missing: {0}"};
inline constexpr Text takes_one_value{"{0} 需要一个值，且只能有一个", "{0} takes one value"};
inline constexpr Text takes_no_value{"{0} 不带值", "{0} takes no value"};
inline constexpr Text unknown_command{"没有这个命令：{0}", "There is no such command: {0}"};
inline constexpr Text unknown_command_meant{"没有这个命令：{0}；是否想写 {1}？",
                                            "There is no such command: {0}; did you mean {1}?"};
inline constexpr Text see_log{"见 {0}", "see {0}"};
inline constexpr Text see_help{"--help 列出全部", "--help lists what there is."};
// --- doctor ---
inline constexpr Text nothing_wrong{"未发现问题", "Nothing is wrong."};
inline constexpr Text hub_problem{"{0}", "{0}"};
inline constexpr Text hub_problem_remedy{
    "启动枢纽：gonghui up，或 systemctl start gonghui-hub@区县代码；其余检查在它应答之后才能进行",
    "Start the hub: gonghui up, or systemctl start gonghui-hub@DISTRICT. Whatever has to be asked waits for it."};
inline constexpr Text hub_old{"枢纽的协议版本是 {0}，本命令的是 {1}",
                              "The hub speaks version {0} of the protocol, this command {1}."};
inline constexpr Text hub_old_remedy{"先升级并重启枢纽，再升级服务",
                                     "Upgrade and restart the hub before the services."};
inline constexpr Text store_damaged{"存储 {0} 的日志已损坏：{1}", "The log of {0} is damaged: {1}"};
inline constexpr Text store_damaged_remedy{"检查磁盘，停止该服务，然后 gonghui restore",
                                           "Look at the disk, stop that service, then gonghui restore."};
inline constexpr Text key_readable{"其他用户可以读取密钥 {0}", "Others may read the key {0}."};
inline constexpr Text key_readable_remedy{"chmod 600 {0}；若可能已泄露，用 gonghui keys revoke 撤销",
                                          "chmod 600 {0}; if it may have been read, gonghui keys revoke."};
inline constexpr Text key_ungranted{"{0} 中的密钥已撤销或从未授权，枢纽不会让它进入",
                                    "The key in {0} was revoked or never granted: the hub lets it nowhere."};
inline constexpr Text key_ungranted_remedy{"删除该文件，gonghui keys init 生成新的密钥，然后重启 {1}",
                                           "Remove the file, have `gonghui keys init` make another, and restart {1}."};
inline constexpr Text disk_full{"存储所在磁盘只剩 {0}", "The disk of the stores has {0} left."};
inline constexpr Text disk_full_remedy{"腾出空间或换更大的磁盘；写满时服务会停止",
                                       "Make room, or take a larger disk: services stop when it is full."};
inline constexpr Text pid_stale{"{0} 所指的进程没有运行", "{0} names a process that does not run."};
inline constexpr Text pid_stale_remedy{"gonghui up 若没有运行，删除该文件",
                                       "Remove the file, unless `gonghui up` is starting the program just now."};
inline constexpr Text port_taken{"枢纽没有应答，但端口 {0} 已被占用",
                                 "The hub does not answer, and yet {0} is in use."};
inline constexpr Text port_taken_remedy{
    "用 ss -ltnp 查看是谁：停止它，或在区县文件中改用其他端口",
    "`ss -ltnp` says by whom: end that program, or give the district's file another port."};
inline constexpr Text partition_silent{"{0} 没有应答", "{0} does not answer."};
inline constexpr Text partition_silent_remedy{"原因见 log/{1}.log，或 journalctl -u 'gonghui-{1}@*'",
                                              "log/{1}.log says why, or journalctl -u 'gonghui-{1}@*'."};
inline constexpr Text clock_apart{"{0} 的时钟与这里相差 {1} 秒", "The clock of {0} and the one here are {1} s apart."};
inline constexpr Text clock_apart_remedy{"让两台机器的时钟与同一个时间源同步（timedatectl）",
                                         "Have both machines follow one time server (timedatectl)."};
inline constexpr Text events_parked{"{0} 搁置了 {1} 个事件", "{0} has parked {1} events."};
inline constexpr Text events_parked_remedy{"gonghui parked list {2} 说明原因，然后 retry 或 drop",
                                           "gonghui parked list {2} says why; then retry or drop them."};
inline constexpr Text backup_missing{"{0} 没有备份", "There is no backup of {0}."};
inline constexpr Text backup_old{"{0} 的最新备份是 {2} 小时以前的", "The newest backup of {0} is {2} hours old."};
inline constexpr Text backup_remedy{"gonghui backup {1}，并用定时器每小时执行",
                                    "gonghui backup {1}, and have a timer do it every hour."};
inline constexpr Text follower_stuck{"{0} 落后 {1} {2} 个事件，而且没有前进",
                                     "{0} is {2} events behind {1} and does not move."};
inline constexpr Text follower_parted{"{0} 与 {1} 的历史不同", "The histories of {0} and {1} have parted."};
inline constexpr Text follower_stuck_remedy{
    "确认 {1} 的服务在运行；否则重启 {0} 的服务并查看日志",
    "See that the service of {1} runs; else restart that of {0} and read its log."};
inline constexpr Text version_old{"{0} 运行的是 {1}，已安装的是 {2}", "{0} runs {1}; {2} is installed."};
inline constexpr Text version_old_remedy{"重启 {0}，新版本才会生效", "Restart {0} to run what is installed."};
inline constexpr Text kept_out{"{0} 带来的消息远超限额（每秒 {1}），枢纽启动以来 {2} 次被拒之门外",
                               "{0} brought far more than its rate of {1} a second: the hub has kept it out {2} times "
                               "since it began."};
inline constexpr Text kept_out_remedy{
    "改好它或撤出（gonghui unplug）；确有需要时提高 authorized.toml 中的 rate，再向枢纽发 SIGHUP",
    "Mend it or unplug it; if it needs as much, raise its `rate` in authorized.toml and send the hub a SIGHUP."};
inline constexpr Text edge_silent{"网关在总线上有应答，但浏览器在 http://{0} 得不到应答",
                                  "The gateway answers on the bus, and no browser at http://{0}."};
inline constexpr Text edge_silent_remedy{"重启网关；原因见 log/gateway.log，或 journalctl -u 'gonghui-gateway@*'",
                                         "Restart it; log/gateway.log says why, or journalctl -u 'gonghui-gateway@*'."};
inline constexpr Text pages_missing{"http://{0} 只有接口，没有网页", "http://{0} has the API alone, and no pages."};
inline constexpr Text pages_missing_remedy{
    "安装软件包 gonghui-gateway，或 scripts/web 构建网页，然后重启网关；其他位置写在 edge.web",
    "Install the package gonghui-gateway, or build them with scripts/web, and restart the gateway; edge.web names "
    "another place."};

inline constexpr Text exit_codes{
    "退出码：\n"
    "  0   完成；call：已受理；status：全部跟上\n"
    "  1   import：有行未通过；status：有分区无应答或落后；\n"
    "      parked list：有分区无应答；doctor：发现问题\n"
    "  10  被拒绝（规则说不）      11  请求格式不对\n"
    "  12  暂时不行，稍后再试      13  服务故障\n"
    "  64  命令行有误              65  输入文件不是应有的内容；verify：有损坏\n"
    "  69  枢纽或服务无法连接      70  程序故障\n"
    "  73  文件或文件夹无法写入    74  读写失败\n"
    "  77  密钥不被认可或无权读取  78  配置有误\n",
    "Exit codes:\n"
    "  0   done; call: accepted; status: everyone is level\n"
    "  1   import: rows were rejected; status: somebody is silent or behind;\n"
    "      parked list: somebody is silent; doctor: something is wrong\n"
    "  10  refused (a rule said no)      11  the request is not of its form\n"
    "  12  not now, try again later      13  fault of a service\n"
    "  64  wrong command line            65  the input is not what it should be; verify: damaged\n"
    "  69  hub or service out of reach   70  fault of this program\n"
    "  73  a file cannot be written      74  reading or writing failed\n"
    "  77  key unknown, or no permission 78  wrong configuration\n"};

}  // namespace gonghui::ctl::text
