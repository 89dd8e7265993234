// Prints answers of the company register for people, in Chinese.
#pragma once

#include <iosfwd>

class _company__GetCompanyResponse;
class _company__FindCompaniesResponse;

namespace hutong::consumer {

void print(std::ostream& out, const _company__GetCompanyResponse& response);
void print(std::ostream& out, const _company__FindCompaniesResponse& response);

}  // namespace hutong::consumer
