#include "services/ctl/app/command_line.hpp"

#include "common/process/config.hpp"
#include "common/process/executable.hpp"
#include "common/text/nearest.hpp"
#include "common/zeromq/keys.hpp"
#include "schemas/generated/catalogue.hpp"
#include "services/ctl/app/accounts.hpp"
#include "services/ctl/app/backup.hpp"
#include "services/ctl/app/call.hpp"
#include "services/ctl/app/completion.hpp"
#include "services/ctl/app/conformance.hpp"
#include "services/ctl/app/doctor.hpp"
#include "services/ctl/app/events.hpp"
#include "services/ctl/app/export.hpp"
#include "services/ctl/app/import.hpp"
#include "services/ctl/app/keys.hpp"
#include "services/ctl/app/new_service.hpp"
#include "services/ctl/app/option_checks.hpp"
#include "services/ctl/app/parked.hpp"
#include "services/ctl/app/plug.hpp"
#include "services/ctl/app/scale.hpp"
#include "services/ctl/app/schema.hpp"
#include "services/ctl/app/status.hpp"
#include "services/ctl/app/up.hpp"
#include "services/ctl/domain/texts.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace gonghui::ctl {

namespace {

using process::Exit;

constexpr auto default_folder = "var/331083";

// Empty: it names none.
std::string folder_of_environment()
{
    return process::process_environment("GONGHUI_DISTRICT_FOLDER").value_or("");
}

// Looked for before anything is parsed: help and complaints are in it too.
Language language_of(const std::vector<std::string>& arguments)
{
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--lang" && i + 1 < arguments.size())
            if (const auto language = parse_language(arguments[i + 1])) return *language;
        if (argument.starts_with("--lang="))
            if (const auto language = parse_language(argument.substr(7))) return *language;
    }
    return language_of_environment(process::process_environment);
}

CLI::App* find_command(CLI::App& parent, const std::string& name)
{
    for (auto* sub : parent.get_subcommands([](CLI::App*) { return true; }))
        if (sub->get_name() == name) return sub;
    return nullptr;
}

// The whole command line, built anew for every run: options point into it.
class CommandLine {
public:
    explicit CommandLine(Language language)
    {
        session_.language = language;
        session_.executable = process::executable().string();
        app_.name("gonghui");
        word_help();
        app_.description(say({"工惠平台的操作命令：运行一个区县并查看、调用、导入。",
                              "The operator's command: runs a district, watches it, calls it, imports into it."}));
        app_.footer(session_.say(text::exit_codes));
        app_.require_subcommand(1);
        app_.option_defaults()->disable_flag_override();
        app_.set_help_flag("-h,--help", say({"显示帮助", "print this help"}));
        app_.set_version_flag("--version", "gonghui " GONGHUI_VERSION, say({"显示版本", "print the version"}));
        app_.add_option("--lang", language_word_, say({"语言：zh-CN 或 en", "language: zh-CN or en"}))
            ->check(one_of(session_, {"zh-CN", "en"}));
        folder_ = app_.add_option("--district-folder,--folder", session_.folder,
                                  say({"区县的文件夹（密钥、端点、存储）；也可由 GONGHUI_DISTRICT_FOLDER 给出",
                                       "folder of the district (keys, endpoints, stores), or GONGHUI_DISTRICT_FOLDER"}))
                      ->default_str(default_folder);
        add_up();
        add_status();
        add_doctor();
        add_call();
        add_import();
        add_export();
        add_tail();
        add_log();
        add_parked();
        add_accounts();
        add_scale();
        add_plug();
        add_unplug();
        add_backup();
        add_restore();
        add_verify();
        add_forks();
        add_keys();
        add_schema();
        add_new();
        add_conformance();
        add_completion();
        add_help();
    }

    int run(const std::vector<std::string>& arguments)
    {
        if (!arguments.empty() && arguments.front() == "__complete") return complete(app_, arguments);
        if (const auto code = complain_about_command(arguments)) return *code;
        try {
            auto reversed = arguments;
            std::reverse(reversed.begin(), reversed.end());
            app_.parse(reversed);
        } catch (const CLI::CallForHelp&) {
            std::cout << help_of(arguments);
            return 0;
        } catch (const CLI::CallForVersion& version) {
            std::cout << version.what() << '\n';
            return 0;
        } catch (const CLI::ParseError& error) {
            return complain(complaint(session_, command_of(arguments), error));
        }
        if (session_.folder.empty()) session_.folder = folder_of_environment();
        if (session_.folder.empty()) session_.folder = default_folder;
        session_.folder = std::filesystem::absolute(session_.folder).lexically_normal().string();
        return chosen_();
    }

    [[nodiscard]] const Session& session() const { return session_; }

private:
    [[nodiscard]] std::string say(const Text& text) const { return std::string(text.in(session_.language)); }

    CLI::App& command(CLI::App& parent, const std::string& name, const Text& what)
    {
        auto& sub = *parent.add_subcommand(name, say(what));
        sub.fallthrough();
        sub.group(say({"命令", "Commands"}));
        sub.set_help_flag("-h,--help", say({"显示帮助", "print this help"}));
        return sub;
    }

    // CLI11 has English words of its own.
    void word_help()
    {
        if (session_.language == Language::en) return;
        auto& words = *app_.get_formatter();
        words.label("Usage", "用法");
        words.label("OPTIONS", "选项");
        words.label("SUBCOMMAND", "命令");
        words.label("SUBCOMMANDS", "命令");
        words.label("Positionals", "参数");
        words.label("REQUIRED", "必填");
        words.label("TEXT", "文本");
        words.label("INT", "整数");
        app_.option_defaults()->group("选项");
    }

    template <class Options>
    CLI::App& command(CLI::App& parent, const std::string& name, const Text& what, Options& options,
                      int (*run)(const Session&, const Options&))
    {
        auto& sub = command(parent, name, what);
        sub.callback([this, &options, run] {
            chosen_ = [this, &options, run] {
                return run(session_, options);
            };
        });
        return sub;
    }

    void add_up()
    {
        auto& sub = command(app_, "up", {"运行整个区县，直到 Ctrl-C", "run a whole district until Ctrl-C"});
        sub.footer(say({"--folder（或 GONGHUI_DISTRICT_FOLDER）：区县的文件夹，缺省 var/331083",
                        "--folder (or GONGHUI_DISTRICT_FOLDER): the district's folder, by default var/331083"}));
        sub.add_option(
            "--config", up_.config,
            say({"区县的 TOML 文件；省略则用内置的 331083", "the district's TOML file; default: the built-in 331083"}));
        sub.add_flag("--free-ports", up_.free_ports, say({"全部使用空闲端口", "take free ports for everything"}));
        sub.add_option("--once-ready", up_.once_ready,
                       say({"全部就绪后运行的命令", "a shell command to run when everything is ready"}));
        sub.add_flag("--once", up_.once,
                     say({"该命令结束后停止（无命令则就绪后停止）",
                          "stop when that command has ended, or when ready without one"}));
        const auto errand = [&](const std::string& flag, UpErrand meant, const Text& what) {
            sub.add_flag_callback(
                flag, [this, meant] { up_.errand = meant; }, say(what));
        };
        errand("--check-config", UpErrand::check_config, {"只检查配置", "only check the configuration"});
        errand("--print-config", UpErrand::print_config, {"只打印配置", "only print the configuration"});
        errand("--write-config", UpErrand::write_config,
               {"只生成密钥和各服务的配置", "only make the keys and the programs' configuration"});
        sub.callback([this] {
            chosen_ = [this] {
                // A file says itself where its district is kept; the environment is for the commands after it.
                up_.has_folder = folder_->count() > 0 || (up_.config.empty() && !folder_of_environment().empty());
                return up(session_, up_);
            };
        });
    }

    void add_doctor()
    {
        auto& sub = command(app_, "doctor",
                            {"检查区县有什么问题、该怎么办", "what is wrong with the district, and what to do"});
        sub.callback([this] {
            chosen_ = [this] {
                return doctor(session_);
            };
        });
    }

    void add_status()
    {
        auto& sub =
            command(app_, "status", {"实例、分区、落后、搁置、存储", "instances, partitions, lag, parked, stores"},
                    status_, status);
        sub.add_flag("--json", status_.json, say({"输出 JSON", "print JSON"}));
        sub.add_flag("--watch", status_.watch, say({"每秒刷新", "again every second"}));
    }

    void add_call()
    {
        auto& sub = command(app_, "call", {"以 JSON 发出任一命令或查询", "any command or query, as JSON"}, call_, call);
        sub.add_option("type", call_.type, say({"类型，例如 training.enroll", "type, such as training.enroll"}))
            ->required();
        sub.add_option("data", call_.data,
                       say({"JSON、@文件 或 -（标准输入）", "JSON, @file or - for standard input"}));
        add_actor(sub, call_.actor);
        sub.add_option("--id", call_.id,
                       say({"请求的 UUIDv7；重发时沿用", "the request's UUIDv7; keep it to ask again"}));
        sub.add_option("--key", call_.key, say({"决定分区的 UUID", "UUID that routes to the partition"}));
        add_partition(sub, call_.partition, {"分区号", "number of the partition"});
        sub.add_option(
            "--after", call_.after,
            say({"先跟上另一应答的 at：来源@纪元:序号", "first be level with another reply's at: source@epoch:seq"}));
        add_timeout(sub, call_.timeout_seconds);
        sub.add_flag("--compact", call_.compact, say({"单行输出", "print one line"}));
        sub.add_flag("--trace", call_.is_traced,
                     say({"追踪这次请求，并给出追踪号", "trace this request, and say the trace's id"}));
    }

    void add_import()
    {
        auto& sub = command(app_, "import", {"导入名册 CSV", "take in a roster CSV"}, import_, import_roster);
        sub.add_option("file", import_.file, say({"CSV 文件（UTF-8 或 GB18030）", "CSV file (UTF-8 or GB18030)"}))
            ->required();
        sub.add_flag("--dry-run", import_.dry_run, say({"只检查，不改变", "check only, change nothing"}));
        sub.add_flag("--all-or-nothing", import_.all_or_nothing,
                     say({"有一行不通过就全部不导入", "one bad row, and nothing is taken in"}));
        sub.add_option("--errors", import_.errors, say({"未通过的行写入此文件", "file for the rejected rows"}));
        sub.add_option("--columns", import_.columns, say({"列=表头 或 列=序号", "column=header or column=number"}));
        sub.add_option("--encoding", import_.encoding, "auto, utf-8, gb18030")
            ->check(one_of(session_, {"auto", "utf-8", "gb18030"}));
        sub.add_option(
            "--import-id", import_.import_id,
            say({"导入号；省略则由文件内容得出，再次导入同一文件不会找回已退会的人",
                 "id of the import; default: of the file's content, so that the same file again takes nobody "
                 "back who has left"}));
        sub.add_flag("--json", import_.json, say({"以 JSON 输出结果", "print the result as JSON"}));
        add_actor(sub, import_.actor);
        add_timeout(sub, import_.timeout_seconds);
    }

    void add_export()
    {
        constexpr std::size_t longest_reason = 192;  // of a look's purpose, which begins with "export: "
        auto& sub = command(app_, "export",
                            {"导出所保存的关于一个人的全部信息", "write down everything that is held about a person"},
                            export_, export_person);
        sub.add_option("person", export_.person, say({"人员的 UUID", "the person's UUID"}))->required();
        sub.add_option("--reason", export_.reason,
                       say({"原因，记录在案，勿写个人信息", "why; it is recorded, so no personal data"}))
            ->required()
            ->check(not_blank(session_))
            ->check(at_most_characters(session_, longest_reason));
        sub.add_option("--output", export_.output,
                       say({"写入此文件，不覆盖；省略则为 <UUID>.json",
                            "file to write, never over another; default: <UUID>.json"}));
        add_timeout(sub, export_.timeout_seconds);
    }

    void add_tail()
    {
        auto& sub = command(app_, "tail", {"实时查看事件", "watch events as they happen"}, tail_, tail);
        sub.add_option("--service", tail_.service, say({"只看这个服务", "of this service only"}));
        add_filters(sub, tail_.type, tail_.subject);
        add_number(sub, "--count", tail_.count, {"显示这么多后结束", "end after so many"});
        sub.add_flag("--json", tail_.json, say({"每行一个 JSON", "one JSON object a line"}));
    }

    void add_log()
    {
        auto& sub = command(app_, "log", {"查看过去的事件", "read events of the past"}, log_, log);
        sub.add_option("service", log_.service, say({"服务", "service"}))->required();
        add_partition(sub, log_.partition, {"分区号；省略则全部", "partition; default: all"});
        add_number(sub, "--from", log_.from, {"从这个序号起", "from this sequence number"});
        add_number(sub, "--to", log_.to, {"到这个序号止", "to this sequence number"});
        sub.add_option("--since", log_.since, say({"从这时起，或 2h、7d 之前", "since a time, or 2h, 7d ago"}));
        add_number(sub, "--limit", log_.limit, {"最多显示这么多", "at most so many"});
        add_filters(sub, log_.type, log_.subject);
        sub.add_flag("--json", log_.json, say({"每行一个 JSON", "one JSON object a line"}));
    }

    void add_parked()
    {
        auto& parked = command(app_, "parked", {"未能处理而搁置的事件", "events that could not be applied"});
        parked.require_subcommand(1);
        auto& list = command(parked, "list", {"列出", "list them"}, parked_list_, parked_list);
        list.add_option("service", parked_list_.service, say({"服务；省略则全部", "service; default: all"}));
        auto& retry = command(parked, "retry", {"重试一个及其通道", "retry one and its lane"}, parked_, parked_retry);
        add_parked_event(retry);
        auto& drop =
            command(parked, "drop", {"丢弃一个，并记录在案", "drop one; it is recorded"}, parked_, parked_drop);
        add_parked_event(drop);
        drop.add_option("--reason", parked_.reason, say({"原因", "why"}))->required()->check(not_blank(session_));
    }

    void add_parked_event(CLI::App& sub)
    {
        sub.add_option("service", parked_.service, say({"搁置它的服务", "the service that parked it"}))->required();
        sub.add_option("source", parked_.source, say({"事件的来源", "the event's source"}))->required();
        add_number(sub, "seq", parked_.seq, {"事件的序号", "the event's sequence number"}).required();
        add_partition(sub, parked_.partition, {"分区号", "number of the partition"});
    }

    void add_accounts()
    {
        auto& accounts = command(app_, "accounts", {"谁可以用密码登录", "who may log in with a password"});
        accounts.require_subcommand(1);
        auto& add = command(accounts, "add",
                            {"新增账号，或为其更换密码与动态验证码密钥",
                             "add an account, or give it another password and another secret of its codes"},
                            accounts_add_, accounts_add);
        add.add_option("login", accounts_add_.login, say({"登录名", "login"}))->required();
        add.add_option("--person", accounts_add_.person, say({"本人的 UUID", "UUID of the person"}))->required();
        add.add_option("--password", accounts_add_.password,
                       say({"密码所在的文件，或 -（标准输入）；省略则生成一个",
                            "file that holds the password, or - for standard input; default: one is made"}));
        auto& remove = command(accounts, "remove", {"删除账号并结束其会话", "remove an account and end its sessions"},
                               accounts_remove_, accounts_remove);
        remove.add_option("login", accounts_remove_.login, say({"登录名", "login"}))->required();
    }

    void add_scale()
    {
        auto& sub = command(app_, "scale",
                            {"一个服务用几个进程分担它的分区", "how many processes share the partitions of a service"},
                            scale_, scale);
        sub.add_option("service", scale_.service, say({"服务", "service"}))->required();
        sub.add_option("instances", scale_.instances, say({"进程数", "number of processes"}))
            ->required()
            ->check(whole_number(session_, 1, most_partitions));
        add_timeout(sub, scale_.timeout_seconds);
    }

    void add_plug()
    {
        auto& sub = command(app_, "plug",
                            {"把自己的服务接入运行中的区县", "plug a service of one's own into a running district"},
                            plug_, plug);
        sub.add_option(
               "folder", plug_.folder,
               say({"服务的文件夹，如 gonghui new service 所写", "its folder, as `gonghui new service` writes it"}))
            ->required();
        add_rate(sub, plug_.rate,
                 {"每秒最多带来的消息，缺省 1000", "messages per second that it may bring; without it, 1000"});
        add_timeout(sub, plug_.timeout_seconds);
    }

    // The hub knows what a message counts (services/hub/domain/allowance.hpp).
    void add_rate(CLI::App& sub, std::int64_t& rate, const Text& description)
    {
        sub.add_option("--rate", rate, say(description))->check(whole_number(session_, 1, highest_rate));
    }

    void add_unplug()
    {
        auto& sub = command(app_, "unplug", {"撤出接入的服务，保留其存储", "take it out again; its store stays"},
                            unplug_, unplug);
        sub.add_option("service", unplug_.service, say({"服务", "service"}))->required();
        add_timeout(sub, unplug_.timeout_seconds);
    }

    void add_backup()
    {
        auto& sub = command(app_, "backup", {"在运行中备份存储", "copy the stores while they serve"}, backup_, backup);
        sub.add_option("service", backup_.service, say({"服务；省略则全部", "service; default: all"}));
        sub.add_option("--keep", backup_.keep,
                       say({"保留最新的几份；0 为全部保留", "keep so many of the newest; 0: all"}))
            ->check(whole_number(session_, 0, 100'000))
            ->capture_default_str();
        add_timeout(sub, backup_.timeout_seconds);
    }

    void add_restore()
    {
        auto& sub =
            command(app_, "restore", {"从备份恢复已停止的服务", "put a backup in place of a stopped service's store"},
                    restore_, restore);
        sub.add_option("service", restore_.service, say({"服务", "service"}))->required();
        add_partition(sub, restore_.partition, {"分区号", "number of the partition"});
        sub.add_option("--from", restore_.from,
                       say({"备份文件；省略则最新的一份", "the backup's file; default: the newest"}));
    }

    void add_verify()
    {
        auto& sub =
            command(app_, "verify", {"核对已停止的存储", "check the stores of stopped services"}, verify_, verify);
        sub.add_option("service", verify_.service, say({"服务；省略则全部", "service; default: all"}));
        sub.add_option("--file", verify_.file,
                       say({"只核对这个文件，例如一份备份", "check this file instead, such as a backup"}));
        sub.add_flag("--json", verify_.json, say({"输出 JSON", "print JSON"}));
    }

    void add_forks()
    {
        auto& sub =
            command(app_, "forks", {"来源历史改变后仍留下的事件", "what followed from events that have vanished"},
                    forks_, forks);
        sub.add_option("service", forks_.service, say({"服务；省略则全部", "service; default: all"}));
    }

    void add_keys()
    {
        auto& keys = command(app_, "keys", {"谁可以连接枢纽", "who may connect to the hub"});
        keys.require_subcommand(1);
        auto& init = command(keys, "init", {"补齐缺少的密钥和权限", "make what keys and rights are missing"});
        init.add_option("--district", keys_init_.district, say({"区县的 TOML 文件", "the district's TOML file"}));
        init.callback([this] {
            chosen_ = [this] {
                return keys_init(session_, keys_init_);
            };
        });
        auto& list = command(keys, "list", {"列出密钥和权限", "list keys and rights"});
        list.callback([this] {
            chosen_ = [this] {
                return keys_list(session_);
            };
        });
        add_keys_add(keys);
        auto& rotate =
            command(keys, "rotate", {"更换一个实例的密钥", "give an instance a new key"}, keys_rotate_, keys_rotate);
        rotate
            .add_option("instance", keys_rotate_.instance,
                        say({"实例名，如 training-0", "instance, such as training-0"}))
            ->required();
        auto& revoke = command(keys, "revoke", {"撤销一个密钥", "revoke a key"}, keys_revoke_, keys_revoke);
        revoke.add_option("key", keys_revoke_.key, say({"公钥或实例名", "public key, or the instance that has it"}))
            ->required();
    }

    void add_keys_add(CLI::App& keys)
    {
        auto& add = command(keys, "add", {"新增一个密钥", "add a key"});
        add.add_option("service", keys_add_.service, say({"服务或客户端的名称", "name of the service or client"}))
            ->required();
        add.add_option("instance", keys_add_.instance, say({"实例名", "name of the instance"}));
        auto& rights = keys_add_.rights;
        const std::vector<CLI::Option*> given{
            add.add_option("--publish", rights.publish,
                           say({"可以发布这些服务的事件", "may publish for these services"})),
            add.add_option("--follow", rights.follow,
                           say({"可以跟随这些服务，* 为全部", "may follow these services; *: all"})),
            add.add_option("--call", rights.call, say({"可以发出这些请求", "may make these requests"})),
            add.add_flag("--assert-actor", rights.assert_actor, say({"可以代表人员", "may speak for people"}))};
        add_rate(add, keys_add_.rate,
                 {"每秒最多带来的消息，缺省不限", "messages per second that it may bring; without it, no bound"});
        add.callback([this, given] {
            keys_add_.has_rights =
                std::any_of(given.begin(), given.end(), [](const CLI::Option* option) { return option->count() > 0; });
            chosen_ = [this] {
                return keys_add(session_, keys_add_);
            };
        });
    }

    void add_schema()
    {
        auto& sub = command(app_, "schema", {"列出或说明消息", "list or describe messages"}, schema_, schema);
        sub.add_option("type", schema_.type, say({"类型", "type"}));
    }

    void add_new()
    {
        auto& parent = command(app_, "new", {"编写自己的服务", "write a service of one's own"});
        parent.require_subcommand(1);
        auto& sub = command(parent, "service",
                            {"生成一个可运行的服务：报文、权限、测试", "a folder with one that runs, with its test"},
                            new_service_, new_service);
        sub.add_option("name", new_service_.name, say({"服务名", "name of the service"}))->required();
        sub.add_option("--in", new_service_.programming_language,
                       say({"编程语言：python、node 或 cpp", "programming language: python, node or cpp"}))
            ->check(one_of(session_, {"python", "node", "cpp"}))
            ->capture_default_str();
        sub.add_option("--into", new_service_.folder,
                       say({"写入此文件夹；省略则为服务名", "folder to make; default: the service's name"}));
    }

    void add_conformance()
    {
        auto& sub =
            command(app_, "conformance",
                    {"检验自己的服务是否遵守协议", "what a service of one's own does not do as the protocol says"},
                    conformance_, conformance);
        sub.add_option(
               "service", conformance_.service,
               say({"含 conformance.toml 的文件夹，或该文件", "folder with a conformance.toml, or such a file"}))
            ->required();
        sub.add_option("--program", conformance_.program,
                       say({"服务的程序；省略则为文件所写", "the service's program; default: what the file says"}));
        sub.add_option("--only", conformance_.only, say({"只做这些检查", "these checks alone"}));
        sub.add_option("--keep", conformance_.keep,
                       say({"在此文件夹中运行并保留日志", "run in this folder, and leave its logs there"}));
        sub.add_flag("--json", conformance_.is_json, say({"最后一行为 JSON", "the last line is JSON"}));
    }

    void add_completion()
    {
        auto& sub = command(app_, "completion", {"命令行补全脚本", "a script for shell completion"});
        sub.add_option("shell", shell_, "bash, zsh, fish")
            ->required()
            ->check(one_of(session_, {"bash", "zsh", "fish"}));
        sub.callback([this] {
            chosen_ = [this] {
                std::cout << completion_script(shell_);
                return 0;
            };
        });
    }

    void add_help()
    {
        auto& sub = command(app_, "help", {"显示帮助", "print help"});
        sub.add_option("command", help_topic_, say({"命令，或 exit-codes", "a command, or exit-codes"}));
        sub.callback([this] {
            chosen_ = [this] {
                if (help_topic_ == std::vector<std::string>{"exit-codes"}) {
                    std::cout << session_.say(text::exit_codes);
                    return 0;
                }
                if (const auto code = complain_about_command(help_topic_)) return *code;
                std::cout << help_of(help_topic_);
                return 0;
            };
        });
    }

    void add_actor(CLI::App& sub, std::string& actor)
    {
        sub.add_option("--actor", actor,
                       say({"以谁的名义：角色[:人员[:组织]]", "in whose name: role[:person[:place]]"}));
    }

    void add_timeout(CLI::App& sub, std::int64_t& seconds)
    {
        sub.add_option("--timeout", seconds, say({"最多等待的秒数", "seconds to wait at most"}))
            ->check(whole_number(session_, 1, 86'400));
    }

    template <class Number>
    CLI::Option& add_number(CLI::App& sub, const std::string& name, Number& number, const Text& what)
    {
        return *sub.add_option(name, number, say(what))->check(whole_number(session_, 1));
    }

    template <class Number>
    void add_partition(CLI::App& sub, Number& partition, const Text& what)
    {
        sub.add_option("--partition", partition, say(what))->check(whole_number(session_, 0, most_partitions - 1));
    }

    void add_filters(CLI::App& sub, std::string& type, std::string& subject)
    {
        sub.add_option("--type", type, say({"只看这个类型，可用 * 结尾", "of this type only; may end in *"}));
        sub.add_option("--subject", subject, say({"只看这个主体", "about this subject only"}));
    }

    // The deepest command that the words name.
    CLI::App& command_of(const std::vector<std::string>& words)
    {
        auto* at = &app_;
        for (const auto& word : words)
            if (auto* sub = find_command(*at, word)) at = sub;
        return *at;
    }

    std::string help_of(const std::vector<std::string>& words)
    {
        auto& meant = command_of(words);
        std::string prefix;
        for (const auto* parent = meant.get_parent(); parent != nullptr; parent = parent->get_parent())
            prefix.insert(0, parent->get_name() + ' ');
        return meant.get_formatter()->make_help(&meant, prefix + meant.get_name(), CLI::AppFormatMode::Normal);
    }

    // An exit code when a word stands where only a command may, and is none.
    std::optional<int> complain_about_command(const std::vector<std::string>& arguments)
    {
        auto* at = &app_;
        for (std::size_t i = 0; i < arguments.size() && at->get_require_subcommand_min() > 0; ++i) {
            const auto& word = arguments[i];
            if (word == "--lang" || word == "--district-folder" || word == "--folder") {
                ++i;
                continue;
            }
            if (word.starts_with('-')) continue;
            if (auto* sub = find_command(*at, word)) {
                at = sub;
                continue;
            }
            std::vector<std::string> names;
            for (const auto* sub : at->get_subcommands([](CLI::App*) { return true; }))
                names.push_back(sub->get_name());
            const std::vector<std::string_view> known(names.begin(), names.end());
            const auto meant = nearest(word, known);
            return complain(meant ? session_.say(text::unknown_command_meant, {word, *meant})
                                  : session_.say(text::unknown_command, {word}));
        }
        return std::nullopt;
    }

    int complain(const std::string& what)
    {
        std::cerr << "gonghui: " << what << '\n' << session_.say(text::see_help) << '\n';
        return static_cast<int>(Exit::usage);
    }

    static int complete(CLI::App& app, const std::vector<std::string>& arguments)
    {
        auto* at = &app;
        const std::string prefix = arguments.size() > 1 ? arguments.back() : "";
        for (std::size_t i = 1; i + 1 < arguments.size(); ++i)
            if (auto* sub = find_command(*at, arguments[i])) at = sub;
        std::vector<std::string> candidates;
        for (const auto* sub : at->get_subcommands([](CLI::App*) { return true; }))
            candidates.push_back(sub->get_name());
        if (prefix.starts_with('-'))
            for (const auto* level = at; level != nullptr; level = level->get_parent())
                for (const auto* option : level->get_options())
                    for (const auto& name : option->get_lnames()) candidates.push_back("--" + name);
        if (at->get_name() == "call" || at->get_name() == "schema")
            for (const auto& message : schemas::messages())
                if (message.kind != schemas::Kind::event || at->get_name() == "schema")
                    candidates.emplace_back(message.type);
        if (at->get_name() == "log" || at->get_name() == "backup" || at->get_name() == "restore" ||
            at->get_name() == "verify" || at->get_name() == "forks" || at->get_name() == "scale")
            for (const auto* service : {"registration", "training", "matchmaking", "notifications", "gateway"})
                candidates.emplace_back(service);
        for (const auto& candidate : candidates)
            if (candidate.starts_with(prefix)) std::cout << candidate << '\n';
        return 0;
    }

    Session session_;
    CLI::App app_;
    CLI::Option* folder_ = nullptr;
    std::string language_word_;
    std::function<int()> chosen_ = [] {
        return 0;
    };
    UpOptions up_;
    StatusOptions status_;
    CallOptions call_;
    ImportOptions import_;
    ExportOptions export_;
    TailOptions tail_;
    LogOptions log_;
    ParkedListOptions parked_list_;
    ParkedOptions parked_;
    AccountsAddOptions accounts_add_;
    AccountsRemoveOptions accounts_remove_;
    ScaleOptions scale_;
    PlugOptions plug_;
    UnplugOptions unplug_;
    BackupOptions backup_;
    RestoreOptions restore_;
    VerifyOptions verify_;
    ForksOptions forks_;
    KeysInitOptions keys_init_;
    KeysAddOptions keys_add_;
    KeysRotateOptions keys_rotate_;
    KeysRevokeOptions keys_revoke_;
    SchemaOptions schema_;
    NewServiceOptions new_service_;
    ConformanceOptions conformance_;
    std::string shell_;
    std::vector<std::string> help_topic_;
};

// Of the exception being handled: what to say, and the exit code.
int complain()
{
    const auto say = [](Exit code, std::string_view message) {
        std::cerr << "gonghui: " << message << '\n';
        return static_cast<int>(code);
    };
    try {
        throw;
    } catch (const process::Failure& failure) {
        return say(failure.code(), failure.what());
    } catch (const process::ConfigError& error) {
        return say(Exit::config, error.what());
    } catch (const zeromq::KeyError& error) {
        return say(Exit::no_permission, error.what());
    } catch (const std::filesystem::filesystem_error& error) {
        return say(Exit::io, error.what());
    } catch (const std::exception& error) {
        return say(Exit::software, error.what());
    }
}

}  // namespace

int run_command_line(int argc, char** argv)
{
    try {
        const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
        CommandLine line(language_of(arguments));
        const auto code = line.run(arguments);
        // Whatever came of it: who reads the output must not take a part for the whole.
        if (!std::cout.flush()) throw line.session().failure(Exit::io, text::output_is_cut);
        return code;
    } catch (...) {
        return complain();
    }
}

}  // namespace gonghui::ctl
