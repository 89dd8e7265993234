#include "gateway/main/doctor/checks.hpp"

#include <cstdio>

namespace hutong::doctor {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr hours soon{24 * 30}, very_soon{24 * 7};
// Timestamps of messages are judged with this much tolerance by default (security.clock_skew).
constexpr seconds tolerable_skew{60};

std::string size_text(std::uint64_t bytes) {
    char text[32];
    if (bytes >= 1u << 30)
        std::snprintf(text, sizeof text, "%.1f GB", double(bytes) / (1u << 30));
    else
        std::snprintf(text, sizeof text, "%.0f MB", double(bytes) / (1u << 20));
    return text;
}

std::string mode_text(unsigned mode) {
    char text[8];
    std::snprintf(text, sizeof text, "%04o", mode & 07777u);
    return text;
}

seconds apart(TimePoint a, TimePoint b) {
    return std::chrono::duration_cast<seconds>(a > b ? a - b : b - a);
}

}  // namespace

std::string_view to_string(Level level) {
    switch (level) {
        case Level::ok:
            return "ok";
        case Level::warn:
            return "warn";
        case Level::fail:
            break;
    }
    return "fail";
}

Finding check_port(const PortFacts& facts) {
    const std::string what = "port " + facts.name;
    if (facts.address.empty()) return {Level::ok, what, "off in the configuration", ""};
    if (!facts.daemon_running) {
        if (facts.bind_error.empty()) return {Level::ok, what, facts.address + " is free", ""};
        return {Level::fail, what, facts.address + " cannot be taken: " + facts.bind_error,
                "stop what listens there (ss -ltnp), or set http." + facts.name + " in hutong.toml"};
    }
    if (facts.listening_at.empty())
        return {Level::fail, what, "hutong runs but does not listen", "see its log; restart it"};
    if (!facts.reachable)
        return {Level::fail, what, facts.listening_at + " takes no connection",
                "see its log; check a firewall between this shell and the port"};
    return {Level::ok, what, "listening at " + facts.listening_at, ""};
}

Finding check_clock(const ClockFacts& facts) {
    if (facts.newest_not_before && facts.now < *facts.newest_not_before)
        return {Level::fail, "clock", format_utc(facts.now) + " is before this node's certificates were made",
                "set the clock (timedatectl set-ntp true)"};
    if (facts.database) {
        const seconds skew = apart(facts.now, *facts.database);
        if (skew > tolerable_skew)
            return {Level::fail, "clock", std::to_string(skew.count()) + " s apart from the database's",
                    "synchronise both machines (timedatectl set-ntp true)"};
        if (skew > seconds(5))
            return {Level::warn, "clock", std::to_string(skew.count()) + " s apart from the database's",
                    "synchronise both machines (timedatectl set-ntp true)"};
    }
    return {Level::ok, "clock", format_utc(facts.now), ""};
}

Finding check_disk(const DiskFacts& facts) {
    const std::string what = "disk " + facts.folder;
    if (!facts.error.empty())
        return {Level::fail, what, facts.error, "see that the folder exists and its disk is mounted"};
    const std::string state = size_text(facts.free_bytes) + " free";
    if (facts.free_bytes < facts.needed_bytes)
        return {Level::fail, what, state,
                "free space: at least " + size_text(facts.needed_bytes) + " is needed"};
    if (facts.free_bytes / 4 < facts.needed_bytes)
        return {Level::warn, what, state,
                "plan for more space: below " + size_text(facts.needed_bytes) + " calls are refused"};
    return {Level::ok, what, state, ""};
}

Finding check_certificate(const CertificateState& certificate, TimePoint now) {
    const std::string what = "certificate " + certificate.name;
    if (!certificate.error.empty())
        return {Level::fail, what, certificate.error, "restore the file from a backup of the home folder"};
    const auto left = certificate.not_after - now;
    const std::string until = certificate.subject + " until " + format_utc(certificate.not_after);
    const std::string mend =
        "hutong renews it by itself while it runs here and on the founding node; HT4024 in the log says why "
        "it did not";
    if (left <= left.zero()) return {Level::fail, what, "expired: " + until, mend};
    if (left < very_soon) return {Level::fail, what, "expires in less than 7 days: " + until, mend};
    if (left < soon) return {Level::warn, what, "expires in less than 30 days: " + until, mend};
    return {Level::ok, what, until, ""};
}

Finding check_secret_file(const FileMode& file) {
    const std::string what = "file " + file.path;
    if (!file.error.empty())
        return {Level::fail, what, file.error, "restore it from a backup of the home folder"};
    if ((file.mode & 077) != 0)
        return {Level::fail, what, "mode " + mode_text(file.mode) + " lets others at it",
                "chmod go= " + file.path};
    if (!file.ours)
        return {Level::warn, what, "belongs to another user than the home", "chown it to the home's owner"};
    return {Level::ok, what, "mode " + mode_text(file.mode), ""};
}

Finding check_open_files(std::uint64_t limit, std::uint64_t connections) {
    // Besides the callers' connections: those to backends, the database, spool and journal files.
    const std::uint64_t wanted = connections + connections / 4 + 256;
    const std::string state = std::to_string(limit) + " open files allowed";
    if (limit >= wanted) return {Level::ok, "open files", state, ""};
    return {Level::warn, "open files", state,
            "http.max_connections is " + std::to_string(connections) + ": allow " + std::to_string(wanted) +
                " (ulimit -n, or LimitNOFILE= of the systemd unit)"};
}

}  // namespace hutong::doctor
