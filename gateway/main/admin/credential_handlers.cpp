// hutong consumer password, saml, vouches.
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

constexpr std::size_t shortest_password = 12;
constexpr std::size_t longest_password = 1024;

Result<void> check_password(const std::string& password) {
    if (password.size() < shortest_password || password.size() > longest_password)
        return invalid("a password needs " + std::to_string(shortest_password) + " to " +
                       std::to_string(longest_password) + " bytes; let one be made with --generate");
    for (const char c : password)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return invalid("the password holds control characters");
    return {};
}

}  // namespace

Awaitable<Result<security::SecretBox>> sealing_key(Services& services) {
    auto box = security::SecretBox::load(services.home);
    if (box.has_value() || box.error().code != ErrorCode::not_found) co_return box;
    HUTONG_CO_ASSIGN(const bool others, co_await services.credentials.has_secrets());
    if (others)
        co_return refused("the secrets of this platform are sealed under another node's key: copy its " +
                          security::SecretBox::file_of(services.home).string() + " to this node first");
    co_return security::SecretBox::make(services.home);
}

Answer consumer_password(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string consumer, arguments.text("consumer"));
    HUTONG_CO_ASSIGN(std::optional<std::string> password, arguments.optional_text("password"));
    if (!password) {
        HUTONG_CO_TRY(co_await services.credentials.remove_password(consumer));
        co_return json::value(json::object{{"consumer", consumer}});
    }
    HUTONG_CO_TRY(check_password(*password));
    HUTONG_CO_ASSIGN(const security::SecretBox box, co_await sealing_key(services));
    HUTONG_CO_ASSIGN(Bytes sealed, box.seal(*password, consumer));
    HUTONG_CO_TRY(co_await services.credentials.set_password(consumer, std::move(sealed)));
    co_return json::value(json::object{{"consumer", consumer}});
}

Answer consumer_saml(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string consumer, arguments.text("consumer"));
    registry::SamlName name;
    HUTONG_CO_ASSIGN(name.issuer, arguments.text("issuer"));
    HUTONG_CO_ASSIGN(name.name_id, arguments.text("name_id"));
    HUTONG_CO_ASSIGN(const std::optional<std::string> remove, arguments.optional_text("remove"));
    json::value told =
        json::object{{"consumer", consumer}, {"issuer", name.issuer}, {"name_id", name.name_id}};
    if (remove) {
        HUTONG_CO_TRY(co_await services.credentials.unbind_saml(std::move(consumer), std::move(name)));
    } else {
        HUTONG_CO_TRY(co_await services.credentials.bind_saml(std::move(consumer), std::move(name)));
    }
    co_return told;
}

Answer consumer_vouches(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string consumer, arguments.text("consumer"));
    HUTONG_CO_ASSIGN(const std::optional<std::string> no, arguments.optional_text("no"));
    json::value told = json::object{{"consumer", consumer}, {"vouches", !no}};
    HUTONG_CO_TRY(co_await services.credentials.set_vouches(std::move(consumer), !no));
    co_return told;
}

}  // namespace hutong::admin
