#include "base/pg/cluster_folder.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace hutong::pg {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view socket_name = "/.s.PGSQL.5432.lock";  // the longest name the server makes there

Error cannot(const fs::path& path, const std::string& what) {
    return unavailable(path.string() + " cannot be " + what + ": " + std::strerror(errno));
}

bool fits_a_socket(const fs::path& folder) {
    return folder.string().size() + socket_name.size() < sizeof(sockaddr_un::sun_path);
}

Result<void> write_file(const fs::path& file, const std::string& text) {
    const fs::path fresh = file.string() + ".new";
    {
        std::ofstream out(fresh, std::ios::trunc);
        out << text;
        if (!out.flush()) return cannot(fresh, "written");
    }
    if (::chmod(fresh.c_str(), 0644) != 0) return cannot(fresh, "opened to its readers");
    if (::rename(fresh.c_str(), file.c_str()) != 0) return cannot(file, "put in place");
    return {};
}

// Peer authentication names the operating system's user; these may be the database's owner.
std::string ident_map() {
    std::string map = "hutong root hutong\n";
    if (const passwd* me = ::getpwuid(::geteuid()); me && ::geteuid() != 0)
        map += "hutong \"" + std::string(me->pw_name) + "\" hutong\n";
    return map;
}

bool may_enter(const fs::path& folder, const ServerUser& user) {
    struct stat seen {};
    if (::stat(folder.c_str(), &seen) != 0) return false;
    if (seen.st_uid == user.uid) return (seen.st_mode & S_IXUSR) != 0;
    if (seen.st_gid == user.gid) return (seen.st_mode & S_IXGRP) != 0;
    return (seen.st_mode & S_IXOTH) != 0;
}

Result<void> check_way(const fs::path& folder, const ServerUser& user) {
    if (!user.other) return {};
    for (fs::path above = folder; above != above.root_path(); above = above.parent_path()) {
        if (!may_enter(above, user))
            return unavailable("PostgreSQL runs as the user " + user.name + ", which cannot enter " +
                               above.string() + "; run: chmod o+x " + above.string() +
                               ", or choose a --home elsewhere, such as /var/lib/hutong");
    }
    return {};
}

bool is_private_folder(const fs::path& folder, const ServerUser& user) {
    struct stat seen {};
    return ::lstat(folder.c_str(), &seen) == 0 && S_ISDIR(seen.st_mode) && seen.st_uid == user.uid &&
           (seen.st_mode & 0777) == 0700;
}

// A folder nobody else can have prepared: mkdtemp makes it, under /run where only root may write if we are
// root.
Result<fs::path> make_short_folder() {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    const fs::path base = ::geteuid() == 0 ? "/run" : runtime && *runtime ? runtime : "/tmp";
    for (const fs::path& place : {base, fs::path("/tmp")}) {
        std::string path = place / "hutong-XXXXXX";
        if (fits_a_socket(path) && ::mkdtemp(path.data())) return fs::path(path);
    }
    return cannot("/tmp", "used for the database's socket");
}

}  // namespace

ClusterFolder::ClusterFolder(const Home& home) {
    std::error_code failed;
    const fs::path root = fs::weakly_canonical(fs::absolute(home.root), failed);
    const Home whole{failed ? home.root : root};
    top = whole.pg();
    log = whole.log() / "postgres.log";
}

bool ClusterFolder::holds_cluster() const {
    std::error_code failed;
    return fs::exists(data() / "PG_VERSION", failed);
}

Result<void> ClusterFolder::prepare(const ServerUser& user) const {
    std::error_code failed;
    fs::create_directories(log.parent_path(), failed);
    if (failed) return unavailable(log.parent_path().string() + " cannot be made: " + failed.message());
    fs::create_directories(top, failed);
    if (failed) return unavailable(top.string() + " cannot be made: " + failed.message());
    if (::chmod(top.c_str(), 0711) != 0) return cannot(top, "opened for the database's user");
    HUTONG_TRY(check_way(top, user));
    HUTONG_TRY(write_file(hba(), "local all hutong peer map=hutong\n"));
    return write_file(ident(), ident_map());
}

Result<void> ClusterFolder::make_private(const fs::path& folder, const ServerUser& user) const {
    if (is_private_folder(folder, user)) return {};
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return cannot(folder, "made");
    if (::lchown(folder.c_str(), user.uid, user.gid) != 0) return cannot(folder, "given to " + user.name);
    if (!is_private_folder(folder, user))
        return unavailable(folder.string() + " must be a folder of " + user.name +
                           " with mode 0700; mend it with " + "chmod 0700, or remove it");
    return {};
}

Result<fs::path> ClusterFolder::socket_folder(const ServerUser& user) const {
    const fs::path usual = top / "run";
    if (fits_a_socket(usual)) {
        HUTONG_TRY(make_private(usual, user));
        return usual;
    }
    std::string remembered;
    std::getline(std::ifstream(top / "socket-dir"), remembered);
    if (!remembered.empty() && is_private_folder(remembered, user)) return fs::path(remembered);
    HUTONG_ASSIGN(const fs::path made, make_short_folder());
    if (::lchown(made.c_str(), user.uid, user.gid) != 0) return cannot(made, "given to " + user.name);
    HUTONG_TRY(write_file(top / "socket-dir", made.string() + "\n"));
    return made;
}

void ClusterFolder::forget_socket_folder() const {
    std::string remembered;
    std::getline(std::ifstream(top / "socket-dir"), remembered);
    if (remembered.empty()) return;
    ::rmdir(remembered.c_str());
    ::unlink((top / "socket-dir").c_str());
}

pid_t ClusterFolder::recorded_pid() const {
    // The file is the server user's: not a link, nor a pipe that would keep us waiting.
    const int file =
        ::open((data() / "postmaster.pid").c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return 0;
    std::array<char, 32> text{};
    const ssize_t size = ::read(file, text.data(), text.size());
    ::close(file);
    pid_t pid = 0;
    if (size > 0) std::from_chars(text.data(), text.data() + size, pid);
    return pid;
}

}  // namespace hutong::pg
