// limits, route and read: what is refused before anything is verified.
#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/stages/limits.hpp"
#include "gateway/stages/read_message.hpp"
#include "gateway/stages/route.hpp"

using namespace hutong;
using namespace hutong::gateway;
using test::Call;

class IntakeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IntakeTest);
    CPPUNIT_TEST(limits_refuse_early);
    CPPUNIT_TEST(limits_count_calls_in_flight);
    CPPUNIT_TEST(route_refuses_other_media_types);
    CPPUNIT_TEST(route_finds_service_and_action);
    CPPUNIT_TEST(route_refuses_unknown_and_mismatched);
    CPPUNIT_TEST(read_finds_the_envelope);
    CPPUNIT_TEST(read_recodes);
    CPPUNIT_TEST(read_finds_the_mime_root);
    CPPUNIT_TEST(read_refuses);
    CPPUNIT_TEST_SUITE_END();

    void limits_refuse_early() {
        LimitsStage stage;
        Call call;
        CPPUNIT_ASSERT(!call.down(stage));
        call.request.headers.set("Content-Length", "99999999999");
        CPPUNIT_ASSERT_EQUAL(413u, call.down(stage)->http_status);
        call.request.headers.set("Content-Length", "12x");
        CPPUNIT_ASSERT_EQUAL(400u, call.down(stage)->http_status);
        call.request.method = "PUT";
        CPPUNIT_ASSERT_EQUAL(405u, call.down(stage)->http_status);
    }

    void limits_count_calls_in_flight() {
        LimitsStage stage;
        Call first;
        Call second;
        first.settings->config.throttle.max_concurrent = second.settings->config.throttle.max_concurrent = 1;
        CPPUNIT_ASSERT(!first.down(stage));
        CPPUNIT_ASSERT_EQUAL(503u, second.down(stage)->http_status);
        second.exchange->ticket.reset();
        first.exchange->ticket.reset();
        CPPUNIT_ASSERT(!second.down(stage));
    }

    void route_refuses_other_media_types() {
        RouteStage stage;
        for (const std::string type :
             {"", "text/html", "application/json", "nonsense", "multipart/related; type=\"image/png\"",
              "multipart/related; type=\"application/xop+xml\""}) {
            Call call;
            call.request.headers.set("Content-Type", type);
            const auto refusal = call.down(stage);
            CPPUNIT_ASSERT_MESSAGE(type, refusal && refusal->http_status == 415);
        }
    }

    void route_finds_service_and_action() {
        RouteStage stage;
        Call call;
        call.request.headers.set("SOAPAction", " \"urn:demo:Get\" ");
        CPPUNIT_ASSERT(!call.down(stage));
        CPPUNIT_ASSERT(call.exchange->route == call.route);
        CPPUNIT_ASSERT_EQUAL(std::string("urn:demo:Get"), call.exchange->http_action);
        call.route->soap12 = call.route->soap11;
        call.request.headers.set("Content-Type", "application/soap+xml; action=\"urn:x\"");
        CPPUNIT_ASSERT(!call.down(stage));
        CPPUNIT_ASSERT_EQUAL(std::string("urn:x"), call.exchange->http_action);
        call.request.headers.set(
            "Content-Type",
            "multipart/related; type=\"application/xop+xml\"; start-info=\"application/soap+xml\"");
        CPPUNIT_ASSERT(!call.down(stage));
        CPPUNIT_ASSERT(call.exchange->version == soap::Version::v12);
    }

    void route_refuses_unknown_and_mismatched() {
        RouteStage stage;
        Call call;
        call.request.headers.set("Content-Type", "application/soap+xml");
        CPPUNIT_ASSERT(call.down(stage)->code.side == soap::FaultCode::Side::version_mismatch);
        Call other;
        other.exchange->path_service = "demo/nothing";
        CPPUNIT_ASSERT(other.down(stage)->public_reason.find("demo/nothing") != std::string::npos);
        Call twice;
        twice.request.headers.add("SOAPAction", "\"urn:other\"");
        CPPUNIT_ASSERT(twice.down(stage));
    }

    void read_finds_the_envelope() {
        Call call;
        call.read();
        CPPUNIT_ASSERT_EQUAL(std::string("{urn:demo}Get"), call.exchange->message.layout.operation.text());
        CPPUNIT_ASSERT(!call.exchange->message.root_changed);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{test::get_message.size()}, call.exchange->message.size());
    }

    void read_recodes() {
        Call call;
        call.soap11(
            "<?xml version='1.0' encoding='GBK'?><s:Envelope "
            "xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>"
            "<s:Body><Get xmlns='urn:demo'>\xC6\xF3\xD2\xB5</Get></s:Body></s:Envelope>");
        call.request.headers.set("Content-Type", "text/xml; charset=GBK");
        call.read();
        CPPUNIT_ASSERT(call.exchange->message.root.find("企业") != std::string::npos);
        CPPUNIT_ASSERT(call.exchange->message.root_changed);
        Call disagreeing;
        disagreeing.soap11("<?xml version='1.0' encoding='UTF-8'?>" + test::get_message);
        disagreeing.request.headers.set("Content-Type", "text/xml; charset=GBK");
        RouteStage find;
        ReadMessageStage reading;
        CPPUNIT_ASSERT(!disagreeing.down(find));
        CPPUNIT_ASSERT(disagreeing.down(reading)->public_reason.find("charset") != std::string::npos);
    }

    void read_finds_the_mime_root() {
        Call call;
        call.soap11(
            "--b\r\nContent-Type: image/png\r\nContent-ID: <pic>\r\n\r\nPNG\r\n--b\r\nContent-Type: "
            "text/xml\r\n"
            "Content-ID: <root>\r\n\r\n" +
            test::get_message + "\r\n--b--\r\n");
        call.request.headers.set("Content-Type",
                                 "multipart/related; boundary=b; type=\"text/xml\"; start=\"<root>\"");
        call.read();
        SoapMessage& message = call.exchange->message;
        CPPUNIT_ASSERT_EQUAL(test::get_message, message.root);
        message.root = "<changed/>";
        message.root_changed = true;
        std::string whole;
        for (const http::Piece& piece : message.pieces())
            whole += piece.payload != nullptr ? piece.payload->text(piece.offset, piece.length).value()
                                              : piece.text;
        CPPUNIT_ASSERT(whole.find("PNG\r\n--b") != std::string::npos);
        CPPUNIT_ASSERT(whole.find("\r\n\r\n<changed/>\r\n--b--") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{whole.size()}, message.size());
        CPPUNIT_ASSERT(message.digest_of_pieces() == sha256(whole));
    }

    void read_refuses() {
        RouteStage find;
        ReadMessageStage reading;
        const auto refusal_of = [&](const std::string& body) {
            Call call;
            call.soap11(body);
            CPPUNIT_ASSERT(!call.down(find));
            return call.down(reading);
        };
        for (const std::string body : {"", "not xml", "<a/>", "<!DOCTYPE a><a/>"})
            CPPUNIT_ASSERT_MESSAGE(body, refusal_of(body));
        std::string soap12 = test::get_message;
        soap12.replace(soap12.find("http://schemas.xmlsoap.org/soap/envelope/"), 41, std::string(soap::ns12));
        CPPUNIT_ASSERT(refusal_of(soap12)->code.side == soap::FaultCode::Side::version_mismatch);
        Call slow;
        slow.request.failure = Error{ErrorCode::timeout, "too slow"};
        CPPUNIT_ASSERT(!slow.down(find));
        CPPUNIT_ASSERT_EQUAL(408u, slow.down(reading)->http_status);
        Call large;
        large.settings->config.xml.max_root_bytes = 20;
        CPPUNIT_ASSERT(!large.down(find));
        CPPUNIT_ASSERT(large.down(reading)->public_reason.find("MTOM") != std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(IntakeTest);
