// limits, route and read: what is refused before anything is verified.
#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/limits.hpp"
#include "gateway/stages/read_message.hpp"
#include "gateway/stages/route.hpp"

using namespace hutong;
using namespace hutong::gateway;
using test::Call;

namespace {

// Notes which moments it heard of ('h', 'o'), and refuses at one of them.
class Listener final : public Stage {
  public:
    Listener(std::string& trace, std::string refuses_at)
        : trace_(trace), refuses_at_(std::move(refuses_at)) {}
    std::string_view name() const override { return "listener"; }
    std::optional<Refusal> at_header(Exchange&) override { return hear('h'); }
    std::optional<Refusal> at_operation(Exchange&) override { return hear('o'); }

  private:
    std::optional<Refusal> hear(char moment) {
        trace_ += moment;
        if (refuses_at_ == std::string(1, moment)) return refuse::sender("no");
        return std::nullopt;
    }
    std::string& trace_;
    std::string refuses_at_;
};

}  // namespace

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
    CPPUNIT_TEST(read_tells_stages_while_it_reads);
    CPPUNIT_TEST(read_drops_a_byte_order_mark);
    CPPUNIT_TEST(read_keeps_what_is_large_in_the_spool);
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
        CPPUNIT_ASSERT(!call.exchange->message.changed());
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
        CPPUNIT_ASSERT(call.sent().find("企业") != std::string::npos);
        CPPUNIT_ASSERT(call.exchange->message.changed());
        Call disagreeing;
        disagreeing.soap11("<?xml version='1.0' encoding='UTF-8'?>" + test::get_message);
        disagreeing.request.headers.set("Content-Type", "text/xml; charset=GBK");
        CPPUNIT_ASSERT(disagreeing.try_to_read()->public_reason.find("charset") != std::string::npos);
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
        CPPUNIT_ASSERT_EQUAL(test::get_message, message.text({0, message.envelope_size()}).value());
        CPPUNIT_ASSERT_EQUAL(call.request.body, call.sent());
        CPPUNIT_ASSERT(message.digest() == sha256(call.request.body));
        CPPUNIT_ASSERT(message.envelope_digest().value() == sha256(test::get_message));
        message.edit({{0, message.envelope_size()}, "<changed/>"});
        const std::string whole = call.sent();
        CPPUNIT_ASSERT(whole.find("PNG\r\n--b") != std::string::npos);
        CPPUNIT_ASSERT(whole.find("\r\n\r\n<changed/>\r\n--b--") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{whole.size()}, message.size());
        CPPUNIT_ASSERT(message.digest() == sha256(whole));
        CPPUNIT_ASSERT(message.envelope_digest().value() == sha256(std::string_view("<changed/>")));
    }

    void read_tells_stages_while_it_reads() {
        std::string trace;
        Call call;
        call.plain();
        for (const auto& [refuses_at, heard, wants] :
             {std::tuple{"", "ho", "whole"}, std::tuple{"h", "h", "part"}, std::tuple{"o", "ho", "part"}}) {
            trace.clear();
            std::vector<std::unique_ptr<Stage>> stages;
            stages.push_back(std::make_unique<Listener>(trace, refuses_at));
            call.tell(std::move(stages));
            call.soap11(test::get_message + std::string(500'000, ' '));
            call.request.step = 1000;
            const auto refusal = call.try_to_read();
            CPPUNIT_ASSERT_EQUAL(std::string(refuses_at).empty(), !refusal);
            CPPUNIT_ASSERT_EQUAL(std::string(heard), trace);
            CPPUNIT_ASSERT_EQUAL(std::string(wants) == "whole",
                                 call.request.given == call.request.body.size());
        }
    }

    void read_drops_a_byte_order_mark() {
        Call call;
        call.soap11("\xEF\xBB\xBF" + test::get_message);
        call.request.step = 1;
        call.read();
        CPPUNIT_ASSERT_EQUAL(test::get_message, call.sent());
        CPPUNIT_ASSERT_EQUAL(test::get_message.find("<s:Body"), call.exchange->message.layout.body.begin);
        CPPUNIT_ASSERT(call.exchange->message.digest() == sha256(test::get_message));
    }

    void read_keeps_what_is_large_in_the_spool() {
        Call call;
        call.settings->config.http.buffer_bytes = 4096;
        std::string text = test::get_message;
        text.insert(text.find("企业"), std::string(300'000, 'x'));
        for (const std::size_t step : {std::size_t{777}, std::size_t{100'000}}) {
            call.soap11(text);
            call.request.step = step;
            call.read();
            CPPUNIT_ASSERT(!call.exchange->message.body.in_memory());
            CPPUNIT_ASSERT_EQUAL(text.find("</s:Envelope"), call.exchange->message.layout.body.end);
            CPPUNIT_ASSERT(call.sent() == text);
            CPPUNIT_ASSERT(call.exchange->message.digest() == sha256(text));
        }
    }

    void read_refuses() {
        const auto refusal_of = [](const std::string& body) {
            Call call;
            call.plain();
            call.soap11(body);
            return call.try_to_read();
        };
        for (const std::string body : {"", "not xml", "<a/>", "<!DOCTYPE a><a/>"})
            CPPUNIT_ASSERT_MESSAGE(body, refusal_of(body));
        std::string soap12 = test::get_message;
        soap12.replace(soap12.find("http://schemas.xmlsoap.org/soap/envelope/"), 41, std::string(soap::ns12));
        CPPUNIT_ASSERT(refusal_of(soap12)->code.side == soap::FaultCode::Side::version_mismatch);
        Call slow;
        slow.request.failure = Error{ErrorCode::timeout, "too slow"};
        CPPUNIT_ASSERT_EQUAL(408u, slow.try_to_read()->http_status);
        Call large;  // what must be recoded is kept as a whole
        large.settings->config.xml.max_root_bytes = 20;
        large.soap11("<?xml version='1.0' encoding='GBK'?>" + test::get_message);
        large.request.headers.set("Content-Type", "text/xml");
        CPPUNIT_ASSERT(large.try_to_read()->public_reason.find("MTOM") != std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(IntakeTest);
