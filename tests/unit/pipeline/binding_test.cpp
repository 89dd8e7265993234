// What a message is bound to beside its Body: one action wherever it is said, this service, one operation.
#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/stages/addressing.hpp"
#include "gateway/stages/authorise.hpp"
#include "gateway/stages/read_message.hpp"
#include "gateway/stages/route.hpp"

using namespace hutong;
using namespace hutong::gateway;
using test::Call;

class MessageBindingTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MessageBindingTest);
    CPPUNIT_TEST(to_must_mean_the_service);
    CPPUNIT_TEST(media_types_must_agree_on_the_action);
    CPPUNIT_TEST(only_one_operation);
    CPPUNIT_TEST_SUITE_END();

    void to_must_mean_the_service() {
        const std::string address = "https://Gateway.example:8443/services/demo/echo";
        for (const std::string to :
             {"https://gateway.example:8443/services/demo/echo", "http://GATEWAY.example/services/demo/echo",
              "http://127.0.0.1:8080/services/demo/echo", "https://[::1]:1/services/demo/echo",
              "http://localhost/services/demo/echo", "/services/demo/echo",
              "http://www.w3.org/2005/08/addressing/anonymous"})
            CPPUNIT_ASSERT_MESSAGE(to, means_service(to, address));
        for (const std::string to :
             {"", "urn:x", "https://elsewhere/services/demo/echo", "/services/demo/other",
              "https://gateway.example/services/demo/other", "https://gateway.example/services/demo/echo/",
              "https://gateway.example/services/demo/echo?x", "https://gateway.example/services/demo/%65cho",
              "https://gateway.example@elsewhere/services/demo/echo",
              "https://elsewhere/https://gateway.example/services/demo/echo",
              "ftp://gateway.example/services/demo/echo", "//gateway.example/services/demo/echo",
              "http://www.w3.org/2005/08/addressing/none"})
            CPPUNIT_ASSERT_MESSAGE(to, !means_service(to, address));
        CPPUNIT_ASSERT(!means_service("/", ""));
    }

    static std::optional<Refusal> read_mtom(const std::string& outer, const std::string& root_type,
                                            std::string* action = nullptr) {
        std::string envelope = test::get_message;
        envelope.replace(envelope.find(soap::ns11), soap::ns11.size(), soap::ns12);
        Call call;
        call.route->soap12 = call.route->soap11;
        call.soap11("--b\r\nContent-Type: " + root_type + "\r\n\r\n" + envelope + "\r\n--b--\r\n");
        call.request.headers.set("Content-Type",
                                 "multipart/related; boundary=b; type=\"application/xop+xml\"; " + outer);
        call.plain();
        auto refusal = call.try_to_read();
        if (action != nullptr) *action = call.exchange->http_action;
        return refusal;
    }

    void media_types_must_agree_on_the_action() {
        const std::string info = "start-info=\"application/soap+xml\"";
        const std::string info_get = "start-info=\"application/soap+xml; action=\\\"urn:demo:Get\\\"\"";
        const std::string root = "application/xop+xml; type=\"application/soap+xml\"";
        std::string action;
        CPPUNIT_ASSERT(!read_mtom(info, root, &action));
        CPPUNIT_ASSERT_EQUAL(std::string(), action);
        for (const auto& [outer, inner] : {std::pair{info_get, root},
                                           {info + "; action=\"urn:demo:Get\"", root},
                                           {info, root + "; action=\"urn:demo:Get\""},
                                           {info_get, root + "; action=\"urn:demo:Get\""}}) {
            CPPUNIT_ASSERT_MESSAGE(outer, !read_mtom(outer, inner, &action));
            CPPUNIT_ASSERT_EQUAL(std::string("urn:demo:Get"), action);
        }
        CPPUNIT_ASSERT(read_mtom(info_get + "; action=\"urn:demo:Put\"", root));
        CPPUNIT_ASSERT(read_mtom(info_get, root + "; action=\"urn:demo:Put\""));
        CPPUNIT_ASSERT(read_mtom(info + "; action=\"urn:demo:Put\"", root + "; action=\"urn:demo:Get\""));
    }

    void only_one_operation() {
        const auto authorise = [](wsdl::Use use) {
            Call call;
            std::string two = test::get_message;
            two.insert(two.find("</s:Body>"), "<Put xmlns='urn:demo'/>");
            call.soap11(two);
            for (wsdl::Operation& operation : call.contract->description.bindings[0].operations)
                operation.use = use;
            call.exchange->consumer = call.reader;
            std::vector<std::unique_ptr<Stage>> told;
            told.push_back(std::make_unique<AuthoriseStage>());
            call.tell(std::move(told));
            call.read();
            AuthoriseStage stage;
            return call.down(stage);
        };
        CPPUNIT_ASSERT(authorise(wsdl::Use::literal));
        CPPUNIT_ASSERT(!authorise(wsdl::Use::encoded));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(MessageBindingTest);
