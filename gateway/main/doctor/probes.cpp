#include "gateway/main/doctor/probes.hpp"

#include <cerrno>
#include <cstring>

#include <sys/resource.h>
#include <sys/stat.h>

#include "base/pg/pool.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::doctor {

namespace {

using Tcp = asio::ip::tcp;

// "127.0.0.1:8080" and "[::1]:8080" as host and port.
std::pair<std::string, std::string> split(std::string_view address) {
    const std::size_t colon = address.rfind(':');
    std::string host(address.substr(0, colon));
    if (host.size() > 1 && host.front() == '[') host = host.substr(1, host.size() - 2);
    return {host, colon == std::string_view::npos ? std::string() : std::string(address.substr(colon + 1))};
}

Awaitable<Result<TimePoint>> ask_time(pg::Pool& pool) {
    const std::string question =
        "select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";
    HUTONG_CO_ASSIGN(const pg::Rows rows, co_await pool.query(question));
    co_return parse_utc(rows.text(0, 0));
}

}  // namespace

std::string bind_error(const std::string& address) {
    const auto [host, port] = split(address);
    asio::io_context context;
    boost::system::error_code failed;
    Tcp::resolver resolver(context);
    const auto found =
        resolver.resolve(host, port, Tcp::resolver::passive | Tcp::resolver::numeric_service, failed);
    if (failed) return failed.message();
    const Tcp::endpoint endpoint = found.begin()->endpoint();
    Tcp::acceptor acceptor(context);
    acceptor.open(endpoint.protocol(), failed);
    if (!failed) acceptor.set_option(Tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(endpoint, failed);
    if (!failed) acceptor.listen(1, failed);
    return failed ? failed.message() : std::string();
}

bool reachable(const std::string& url) {
    const std::size_t begin = url.find("://");
    if (begin == std::string::npos) return false;
    const auto [host, port] = split(std::string_view(url).substr(begin + 3));
    asio::io_context context;
    boost::system::error_code failed;
    Tcp::resolver resolver(context);
    const auto found = resolver.resolve(host, port, failed);
    if (failed) return false;
    Tcp::socket socket(context);
    bool connected = false;
    socket.async_connect(found.begin()->endpoint(),
                         [&](boost::system::error_code refused) { connected = !refused; });
    context.run_for(std::chrono::seconds(2));
    return connected;
}

DiskFacts disk_facts(const std::filesystem::path& folder, std::uint64_t needed) {
    std::error_code failed;
    const auto space = std::filesystem::space(folder, failed);
    return {folder.string(), failed ? 0 : space.available, needed, failed ? failed.message() : std::string()};
}

FileMode file_mode(const std::filesystem::path& file, const std::filesystem::path& home) {
    struct stat facts {
    }, owner{};
    if (::stat(file.c_str(), &facts) != 0) return {file.string(), 0, true, std::strerror(errno)};
    const bool ours = ::stat(home.c_str(), &owner) != 0 || owner.st_uid == facts.st_uid;
    return {file.string(), facts.st_mode & 07777u, ours, {}};
}

std::uint64_t open_file_limit() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 0;
}

Result<TimePoint> database_clock(const config::Database& options, const std::string& url) {
    asio::io_context context;
    pg::Pool pool(context.get_executor(), options, url);
    Result<TimePoint> answer = run_until_done(context, ask_time(pool));
    pool.close();
    context.restart();
    context.run_for(std::chrono::seconds(1));
    return answer;
}

}  // namespace hutong::doctor
