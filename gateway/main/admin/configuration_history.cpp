#include "gateway/main/admin/configuration_history.hpp"

#include <deque>
#include <memory>

#include <boost/json/parse.hpp>

#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/journal/journal.hpp"

namespace hutong::admin {

namespace {

constexpr std::int64_t most_listed = 10'000;

Result<json::array> newest_first(const std::filesystem::path& journal, std::size_t limit) {
    std::deque<json::object> newest;
    HUTONG_TRY(for_each_configuration(journal, std::nullopt, [&](TimePoint made, json::object said) {
        said.erase("values");  // hutong audit list --command config.read has them
        said["time"] = format_utc(made);
        newest.push_front(std::move(said));
        if (newest.size() > limit) newest.pop_back();
    }));
    json::array all;
    for (json::object& one : newest) all.push_back(std::move(one));
    return all;
}

}  // namespace

Result<void> for_each_configuration(const std::filesystem::path& journal, std::optional<TimePoint> since,
                                    const ConfigurationVisitor& visit) {
    return security::for_each_record(journal, since, [&](const security::StoredRecord& stored) {
        const security::Record& record = stored.record;
        if (record.kind != security::RecordKind::admin || record.operation != configuration_record ||
            record.outcome != "ok")
            return;
        boost::system::error_code wrong;
        json::value content = json::parse(record.content, wrong);
        json::object* const whole = wrong ? nullptr : content.if_object();
        if (!whole || !whole->contains("platform")) return;
        json::value* const said = whole->if_contains("arguments");
        if (said && said->is_object()) visit(record.time, std::move(said->get_object()));
    });
}

Result<std::optional<json::object>> last_configuration(const std::filesystem::path& journal) {
    using std::chrono::hours;
    std::optional<json::object> last;
    const auto keep = [&](TimePoint, json::object said) { last = std::move(said); };
    for (const hours back : {hours(1), hours(24), hours(24 * 30)}) {
        HUTONG_TRY(for_each_configuration(journal, system_clock().now() - back, keep));
        if (last) return last;
    }
    HUTONG_TRY(for_each_configuration(journal, std::nullopt, keep));
    return last;
}

Answer config_history(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const std::int64_t limit, arguments.number("limit", 100));
    if (limit < 1 || limit > most_listed)
        co_return invalid("argument \"limit\" must be from 1 to " + std::to_string(most_listed));
    const auto journal = std::make_shared<const std::filesystem::path>(services.home.journal());
    auto read = [journal, limit] { return newest_first(*journal, static_cast<std::size_t>(limit)); };
    HUTONG_CO_ASSIGN(json::array all, co_await run_on(services.blocking, std::move(read)));
    co_return json::value(std::move(all));
}

}  // namespace hutong::admin
