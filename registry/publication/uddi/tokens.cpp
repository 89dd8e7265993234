// get_authToken and discard_authToken (section 5.3).
#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/uddi/operations.hpp"

namespace hutong::registry::uddi {

Answer get_auth_token(Context& context, xml::Element asked) {
    std::string user = asked.attribute("userID").value_or("");
    std::string password = asked.attribute("cred").value_or("");
    HUTONG_CO_ASSIGN(const std::string token,
                     co_await context.publishers.open_token(std::move(user), std::move(password)));
    co_return answer_element("authToken", element("authInfo", token));
}

Answer discard_auth_token(Context& context, xml::Element asked) {
    std::string token = child_text(asked, "authInfo");
    HUTONG_CO_TRY(co_await context.publishers.discard_token(std::move(token)));
    co_return std::string();
}

}  // namespace hutong::registry::uddi
