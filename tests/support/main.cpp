// The main of every unit test program: runs all registered CppUnit suites and says how many cases ran of how
// many. With --list it only names them, one a line.
#include <iostream>
#include <string_view>

#include <cppunit/BriefTestProgressListener.h>
#include <cppunit/CompilerOutputter.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/TestRunner.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include "base/xml/document.hpp"

namespace {

void list(const CppUnit::Test& test) {
    if (test.getChildTestCount() == 0) std::cout << test.getName() << "\n";
    for (int i = 0; i < test.getChildTestCount(); ++i) list(*test.getChildTestAt(i));
}

}  // namespace

int main(int count, char** arguments) {
    hutong::xml::initialize();
    CppUnit::Test* all = CppUnit::TestFactoryRegistry::getRegistry().makeTest();
    if (count == 2 && std::string_view(arguments[1]) == "--list") {
        list(*all);
        return 0;
    }
    const int expected = all->countTestCases();
    CppUnit::TestResult controller;
    CppUnit::TestResultCollector collected;
    CppUnit::BriefTestProgressListener progress;
    controller.addListener(&collected);
    controller.addListener(&progress);
    CppUnit::TestRunner runner;
    runner.addTest(all);
    runner.run(controller);
    CppUnit::CompilerOutputter(&collected, std::cerr).write();
    std::cout << "ran " << collected.runTests() << " of " << expected << " cases, "
              << collected.testFailuresTotal() << " failed\n";
    return collected.wasSuccessful() && collected.runTests() == expected && expected > 0 ? 0 : 1;
}
