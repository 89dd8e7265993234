#include "gateway/main/daemon/head_keeping.hpp"

#include <cerrno>
#include <mutex>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/daemon/threads.hpp"
#include "security/evidence/head_rows.hpp"
#include "security/journal/beside.hpp"

namespace hutong::daemon {

namespace {

using security::evidence::HeadStatement;
using security::evidence::SignedHead;

// All of it, with an end of line before it where a crash or a full disk cut off the last one: that line is
// lost, and this one is not.
Result<void> write_line(int descriptor, const std::string& line) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return unavailable("fstat");
    char last = '\n';
    if (status.st_size > 0 && ::pread(descriptor, &last, 1, status.st_size - 1) != 1)
        return unavailable("reading");
    const std::string text = (last == '\n' ? "" : "\n") + line;
    for (std::string_view rest = text; !rest.empty();) {
        const ssize_t written = ::write(descriptor, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return unavailable("writing");
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor) != 0) return unavailable("fsync");
    return {};
}

}  // namespace

// What is taken right at the seal must not be replaced by what was taken before it and came later.
Result<void> keep_newest_head(const std::filesystem::path& journal, const SignedHead& head) {
    static std::mutex one_at_a_time;
    const std::lock_guard hold(one_at_a_time);
    HUTONG_ASSIGN(const HeadStatement statement, security::evidence::head_from_text(head.text));
    const auto file = security::journal::head_path(journal, statement.head.segment);
    if (const auto line = security::journal::read_beside(file))
        if (const auto there = security::evidence::head_from_line(as_text(*line)))
            if (const auto said = security::evidence::head_from_text(there->text))
                if (said->head.frames >= statement.head.frames) return {};
    return security::journal::write_beside(file, as_bytes(to_line(head)));
}

Result<void> append_line(const std::filesystem::path& file, const std::string& line) {
    const auto failed = [&](const std::string& call) {
        return unavailable(file.string() + ": " + call +
                           " failed: " + std::generic_category().message(errno));
    };
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (descriptor < 0) return failed("opening");
    Result<void> outcome = write_line(descriptor, line);
    if (!outcome) outcome = failed(outcome.error().detail);
    ::close(descriptor);
    return outcome;
}

Awaitable<> HeadKeeping::keep_at(std::size_t number, asio::steady_timer& timer) {
    Place& place = *std::next(places_.begin(), static_cast<std::ptrdiff_t>(number));
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, interval_)) co_await send(place);
}

Awaitable<> HeadKeeping::send(Place& place) {
    const security::JournalHead head = journal_.head();
    if (head.segment == place.segment && head.frames == place.frames) co_return;
    const HeadStatement statement{node_, system_clock().now(), head};
    auto signed_head = security::evidence::sign_head(statement, *key_());
    if (!signed_head) {
        note(place, signed_head.error());
        co_return;
    }
    const Result<void> kept = co_await place.keep(*signed_head);
    note(place, kept);
    if (!kept) co_return;
    place.segment = head.segment;
    place.frames = head.frames;
    place.sequence = head.sequence;
    place.kept = statement.time;
}

// Once per change, however often it is tried.
void HeadKeeping::note(Place& place, const Result<void>& kept) {
    place.error = kept ? std::string() : kept.error().detail;
    if (place.up == kept.has_value()) return;
    if (!kept)
        log(MessageId::HT6020, {{"place", place.name}, {"reason", place.error}});
    else
        log(MessageId::HT6021, {{"place", place.name}});
    place.up = kept.has_value();
}

boost::json::array HeadKeeping::states() const {
    boost::json::array all;
    for (const Place& place : places_) {
        boost::json::object one{
            {"place", place.name}, {"up", place.up.value_or(false)}, {"sequence", place.sequence}};
        one["kept"] = place.kept ? boost::json::value(format_utc(*place.kept)) : boost::json::value();
        one["error"] = place.error.empty() ? boost::json::value() : boost::json::value(place.error);
        all.push_back(std::move(one));
    }
    return all;
}

// What runs elsewhere holds references only: g++ 12 destroys the rest of a closure twice on its way through
// run_on (docs/decisions/0001). The head lives in the frame of who awaits.
HeadKeeping::Keep keep_on_own_disk(std::filesystem::path journal, asio::thread_pool& blocking) {
    return [journal = std::move(journal), &blocking](const SignedHead& head) -> Awaitable<Result<void>> {
        auto work = [&journal, &head] { return keep_newest_head(journal, head); };
        co_return co_await run_on(blocking, std::move(work));
    };
}

HeadKeeping::Keep keep_in_database(pg::Pool& pool) {
    return [&pool](const SignedHead& head) -> Awaitable<Result<void>> {
        co_return co_await security::evidence::keep_head(pool, head);
    };
}

HeadKeeping::Keep keep_in_folder(std::filesystem::path folder, std::string node,
                                 asio::thread_pool& blocking) {
    return [file = folder / (node + ".heads"), &blocking](const SignedHead& head) -> Awaitable<Result<void>> {
        auto work = [&file, &head] { return append_line(file, to_line(head) + "\n"); };
        co_return co_await run_on(blocking, std::move(work));
    };
}

HeadKeeping::Keep keep_by_post(http::Client& client, http::Url url) {
    return [&client, url = std::move(url)](const SignedHead& head) -> Awaitable<Result<void>> {
        http::OutgoingRequest request;
        request.headers.add("Content-Type", "application/json");
        request.body.push_back({to_line(head) + "\n", nullptr, 0, 0});
        const auto answer = co_await client.send(url, std::move(request));
        if (answer.has_error()) co_return answer.error().error;
        if (answer->status / 100 != 2)
            co_return unavailable(url.host + " answers with HTTP status " + std::to_string(answer->status));
        co_return Result<void>();
    };
}

}  // namespace hutong::daemon
