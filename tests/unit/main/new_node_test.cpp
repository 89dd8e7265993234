// What a new node is configured with.
#include "gateway/main/setup/new_node.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace hutong::setup {
namespace {

class NewNodeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NewNodeTest);
    CPPUNIT_TEST(an_embedded_database_gets_connections_by_the_processors);
    CPPUNIT_TEST_SUITE_END();

    static unsigned pool_size(const std::string& database) {
        return configuration(database, {}, {}, {}, false, config::Keys()).value().database.pool_size;
    }

    // However many there are, PostgreSQL takes 100 connections.
    void an_embedded_database_gets_connections_by_the_processors() {
        CPPUNIT_ASSERT(pool_size("") >= 4 && pool_size("") <= 32 && pool_size("") % 2 == 0);
        CPPUNIT_ASSERT_EQUAL(config::Database().pool_size,
                             pool_size("postgresql://hutong@db.example/hutong"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(NewNodeTest);

}  // namespace
}  // namespace hutong::setup
