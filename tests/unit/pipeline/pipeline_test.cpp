#include "gateway/pipeline/pipeline.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/pipeline/refusals.hpp"

using namespace hutong;
using namespace hutong::gateway;

namespace {

// Notes when it was asked; may refuse or throw on the way down.
class Marker final : public Stage {
  public:
    enum class Does { nothing, refuses, throws };
    Marker(std::string& trace, char mark, Does does = Does::nothing)
        : trace_(trace), mark_(mark), does_(does) {}
    std::string_view name() const override { return "marker"; }
    Awaitable<std::optional<Refusal>> request(Exchange&) override {
        trace_ += mark_;
        if (does_ == Does::throws) throw std::runtime_error("defect");
        if (does_ == Does::refuses) co_return refuse::sender("no <way>", "because");
        co_return std::nullopt;
    }
    Awaitable<std::optional<Refusal>> response(Exchange&) override {
        trace_ += static_cast<char>(mark_ - 'a' + 'A');
        co_return std::nullopt;
    }

  private:
    std::string& trace_;
    char mark_;
    Does does_;
};

std::string trace_of(Marker::Does second, test::Call& call) {
    std::string trace;
    std::vector<std::unique_ptr<Stage>> stages;
    stages.push_back(std::make_unique<Marker>(trace, 'a'));
    stages.push_back(std::make_unique<Marker>(trace, 'b', second));
    stages.push_back(std::make_unique<Marker>(trace, 'c'));
    const Pipeline pipeline(std::move(stages));
    asio::io_context context;
    asio::co_spawn(context, pipeline.run(*call.exchange), asio::detached);
    context.run();
    return trace;
}

}  // namespace

class PipelineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PipelineTest);
    CPPUNIT_TEST(goes_down_and_up);
    CPPUNIT_TEST(refusal_stops_the_way_down_only);
    CPPUNIT_TEST(exception_becomes_server_fault_without_detail);
    CPPUNIT_TEST(plain_http_refusals_are_one_line);
    CPPUNIT_TEST_SUITE_END();

    void goes_down_and_up() {
        test::Call call;
        CPPUNIT_ASSERT_EQUAL(std::string("abcCBA"), trace_of(Marker::Does::nothing, call));
        CPPUNIT_ASSERT(!call.exchange->refusal);
    }

    void refusal_stops_the_way_down_only() {
        test::Call call;
        CPPUNIT_ASSERT_EQUAL(std::string("abCBA"), trace_of(Marker::Does::refuses, call));
        CPPUNIT_ASSERT_EQUAL(500u, call.exchange->reply.status);
        const std::string fault = call.reply();
        CPPUNIT_ASSERT(fault.find("no &lt;way&gt;") != std::string::npos);
        CPPUNIT_ASSERT(fault.find("01INCIDENT") != std::string::npos);
        CPPUNIT_ASSERT(fault.find("because") == std::string::npos);
    }

    void exception_becomes_server_fault_without_detail() {
        test::Call call;
        CPPUNIT_ASSERT_EQUAL(std::string("abCBA"), trace_of(Marker::Does::throws, call));
        CPPUNIT_ASSERT(call.reply().find("env:Server") != std::string::npos);
        CPPUNIT_ASSERT(call.reply().find("defect") == std::string::npos);
        CPPUNIT_ASSERT(call.exchange->refusal->cause.find("defect") != std::string::npos);
    }

    void plain_http_refusals_are_one_line() {
        test::Call call;
        refuse::answer_with(*call.exchange, refuse::not_soap(415, "Wrong type."));
        CPPUNIT_ASSERT_EQUAL(415u, call.exchange->reply.status);
        CPPUNIT_ASSERT_EQUAL(std::string("Wrong type. (incident 01INCIDENT)\n"), call.reply());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PipelineTest);
