#include <cppunit/extensions/HelperMacros.h>

#include "gateway/pipeline/endpoint_health.hpp"

using namespace hutong;
using namespace hutong::gateway;

class EndpointTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EndpointTest);
    CPPUNIT_TEST(round_robin_goes_round);
    CPPUNIT_TEST(failed_ones_go_last_until_their_time);
    CPPUNIT_TEST_SUITE_END();

    static std::vector<std::shared_ptr<Endpoint>> three() {
        std::vector<std::shared_ptr<Endpoint>> result;
        for (const std::string name : {"http://a/", "http://b/", "http://c/"})
            result.push_back(std::make_shared<Endpoint>(name, http::parse_url(name).value()));
        return result;
    }

    void round_robin_goes_round() {
        const auto endpoints = three();
        RoundRobin round;
        std::string firsts;
        for (int i = 0; i < 6; ++i) firsts += round.order(endpoints)[0]->address()[7];
        CPPUNIT_ASSERT_EQUAL(std::string("abcabc"), firsts);
        CPPUNIT_ASSERT(RoundRobin().order({}).empty());
    }

    void failed_ones_go_last_until_their_time() {
        const auto endpoints = three();
        config::Backend options;
        options.failures_until_down = 2;
        options.down_time = std::chrono::seconds(3600);
        endpoints[0]->failed(options);
        CPPUNIT_ASSERT(endpoints[0]->available());
        endpoints[0]->failed(options);
        CPPUNIT_ASSERT(!endpoints[0]->available());
        RoundRobin round;
        for (int i = 0; i < 3; ++i) {
            const auto order = round.order(endpoints);
            CPPUNIT_ASSERT_EQUAL(std::size_t{3}, order.size());
            CPPUNIT_ASSERT_EQUAL(std::string("http://a/"), order[2]->address());
        }
        endpoints[0]->succeeded();
        CPPUNIT_ASSERT(endpoints[0]->available());
        options.down_time = std::chrono::seconds(0);
        endpoints[0]->failed(options);
        endpoints[0]->failed(options);
        CPPUNIT_ASSERT(endpoints[0]->available());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(EndpointTest);
