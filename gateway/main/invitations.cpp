#include "gateway/main/invitations.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <sys/stat.h>

#include "base/bytes.hpp"
#include "security/keys/private_file.hpp"

namespace hutong {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

bool is_digest(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<Invitation> read(const fs::path& path) {
    HUTONG_ASSIGN(const std::string text, security::read_private_file(path));
    boost::system::error_code wrong;
    const json::value value = json::parse(text, wrong);
    const json::object* const object = wrong ? nullptr : value.if_object();
    if (!object)
        return Error{ErrorCode::corrupt, path.string() + " is no invitation: remove it and invite again"};
    Invitation found{text_of(*object, "token"),
                     text_of(*object, "officer"),
                     text_of(*object, "by"),
                     {},
                     text_of(*object, "node")};
    HUTONG_ASSIGN(found.expires, parse_utc(text_of(*object, "expires")));
    return found;
}

}  // namespace

Result<void> Invitations::keep(const Invitation& invitation) const {
    std::error_code failed;
    fs::create_directories(folder_, failed);
    if (failed || ::chmod(folder_.c_str(), 0700) != 0)
        return unavailable(folder_.string() + " cannot be made: the invitation cannot be kept");
    const TimePoint now = system_clock().now();
    for (const auto& entry : fs::directory_iterator(folder_, failed))
        if (const auto old = read(entry.path()); old && old->expires <= now) fs::remove(entry.path(), failed);
    const json::object content{{"token", invitation.token},
                               {"officer", invitation.officer},
                               {"by", invitation.by},
                               {"expires", format_utc(invitation.expires)},
                               {"node", invitation.node}};
    return security::write_private_file(file(to_hex(sha256(invitation.token))),
                                        json::serialize(content) + "\n");
}

Result<Invitation> Invitations::find(const std::string& digest, TimePoint now) const {
    constexpr const char* again = ": invite it here with hutong node invite";
    auto found = is_digest(digest) ? read(file(digest)) : Result<Invitation>(not_found(digest));
    if (found.has_error() && found.error().code == ErrorCode::not_found)
        return refused(std::string("this node gave no such invitation, or it was used already") + again);
    if (found.has_error()) return found.error();
    if (found->expires <= now)
        return refused("its invitation expired at " + format_utc(found->expires) + again);
    return found;
}

void Invitations::forget(const std::string& digest) const {
    std::error_code ignored;
    if (is_digest(digest)) fs::remove(file(digest), ignored);
}

}  // namespace hutong
