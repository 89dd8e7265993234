#include "gateway/main/admin/login_session.hpp"

#include <fstream>
#include <optional>
#include <sstream>

namespace hutong::admin {

namespace {

std::string line_of(const std::string& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

struct Facts {
    long session{0};
    std::string begun;  // clock ticks since the boot
};

// The fields behind the program's name, which is in brackets and may hold any character.
std::optional<Facts> facts_of(long process) {
    const std::string line = line_of("/proc/" + std::to_string(process) + "/stat");
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields(line.substr(name_end + 1));
    std::string state, skipped;
    long parent = 0, group = 0;
    Facts facts;
    fields >> state >> parent >> group >> facts.session;
    for (int field = 7; field < 22; ++field) fields >> skipped;
    fields >> facts.begun;
    if (!fields) return std::nullopt;
    return facts;
}

}  // namespace

std::string login_session_of(pid_t process) {
    if (process <= 0) return {};  // of another namespace of processes
    const auto facts = facts_of(process);
    if (!facts || facts->session <= 0) return {};
    const auto leader = facts_of(facts->session);
    const std::string boot = line_of("/proc/sys/kernel/random/boot_id");
    if (!leader || leader->session != facts->session || boot.empty()) return {};
    return "login " + std::to_string(facts->session) + "." + leader->begun + "." + boot;
}

}  // namespace hutong::admin
