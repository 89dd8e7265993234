// hutong status, doctor: how the node is.
#include <memory>
#include <thread>

#include "gateway/main/admin/client.hpp"
#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/cli/text.hpp"
#include "gateway/main/doctor/doctor.hpp"

namespace hutong::cli {

namespace {

using std::chrono::steady_clock;

std::string status_text(const json::value& status) {
    const json::value& catalogue = status.at("catalogue");
    const json::value& journal = status.at("journal");
    std::string text = "hutong " + text_of(status, "version") + ", pid " + text_of(status, "pid") + ", up " +
                       text_of(status, "uptime_seconds") + " s, " +
                       (status.at("ready").as_bool() ? "ready" : "NOT ready") + "\n";
    for (const json::value& reason : status.at("hindrances").as_array())
        text += "  ! " + std::string(reason.as_string()) + "\n";
    const auto line = [&](std::string name, const std::string& value) {
        name.resize(12, ' ');
        text += name + value + "\n";
    };
    line("node", text_of(status, "node") + (status.at("founder").as_bool() ? " (founder)" : ""));
    line("addresses", text_of(status, "http") + "  " + text_of(status, "https"));
    line("public URL", text_of(status, "public_url"));
    line("roles", text_of(status, "roles"));
    line("mode", text_of(status, "mode"));
    line("database",
         text_of(status.at("database"), "kind") +
             (status.at("database").at("up").as_bool() ? ", up" : ", AWAY: administration waits"));
    line("catalogue", "generation " + text_of(catalogue, "generation") + ", age " +
                          text_of(catalogue, "age_seconds") + " s");
    line("journal", text_of(journal, "records") + " records, segment " + text_of(journal, "segment"));
    for (const json::value& key : status.at("keys").as_array())
        if (const auto place = key.at("place").as_string(); !place.starts_with("file "))
            line("key", std::string(key.at("name").as_string()) + " at " + std::string(place));
    for (const json::value& ending : status.at("endings").as_array())
        line("ending", text_of(ending, "service") + " at " + text_of(ending, "ends"));
    line("traffic",
         text_of(status, "connections") + " connections, " + text_of(status, "requests") + " requests");
    return text;
}

// Asks until the node is ready; the first answer is taken when there is nothing to wait for.
Result<Output> status(const Context& context, long wait) {
    HUTONG_TRY(need_home(context));
    const auto deadline = steady_clock::now() + std::chrono::seconds(wait);
    while (true) {
        Result<json::value> answer = admin::ask(context.home, {"status", {}}, std::chrono::seconds(5));
        const bool ready = answer && answer->at("ready").as_bool();
        if (ready || wait == 0) {
            if (!answer) return answer.error();
            std::string text = status_text(*answer);
            return Output{std::move(*answer), std::move(text), ready ? 0 : 1};
        }
        if (!answer && answer.error().code != ErrorCode::unavailable &&
            answer.error().code != ErrorCode::timeout)
            return answer.error();
        if (steady_clock::now() >= deadline) {
            const Error late{ErrorCode::timeout, "not ready after " + std::to_string(wait) + " s"};
            return late.at(answer ? text_of(*answer, "hindrances") : answer.error().detail);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

Result<Output> doctor(const Context& context) {
    HUTONG_TRY(need_home(context));
    json::array all;
    std::string text;
    int exit_code = 0;
    for (const doctor::Finding& finding : doctor::examine(context.home)) {
        if (finding.level == doctor::Level::fail) exit_code = 1;
        std::string level(doctor::to_string(finding.level));
        level.resize(5, ' ');
        text += level + one_line(finding.what + ": " + finding.state) +
                (finding.mend.empty() ? "" : "\n     -> " + one_line(finding.mend)) + "\n";
        all.push_back(
            json::object{{"level", doctor::to_string(finding.level)},
                         {"what", finding.what},
                         {"state", finding.state},
                         {"mend", finding.mend.empty() ? json::value() : json::value(finding.mend)}});
    }
    return Output{json::value(std::move(all)), std::move(text), exit_code};
}

}  // namespace

void add_watch_commands(Parser& parser) {
    auto wait = std::make_shared<long>(0);
    parser
        .command(parser.app, "status", "how the running node is",
                 [wait](const Context& context) { return status(context, *wait); })
        ->add_option("--wait", *wait, "seconds to wait until it is ready")
        ->check(CLI::Range(1, 86400));
    parser.command(parser.app, "doctor", "what is wrong with this node, and what to do", doctor);
}

}  // namespace hutong::cli
