#include "stubs/consumer/printing.hpp"

#include <ostream>

#include "soapH.h"

namespace hutong::consumer {

namespace {

const char* in_chinese(company__CompanyStatus status) {
    switch (status) {
        case company__CompanyStatus::active:
            return "存续";
        case company__CompanyStatus::revoked:
            return "吊销";
        case company__CompanyStatus::cancelled:
            return "注销";
    }
    return "未知";
}

}  // namespace

void print(std::ostream& out, const _company__GetCompanyResponse& response) {
    const company__Company& company = *response.company;
    out << "企业名称　" << company.name << "\n信用代码　" << company.creditCode << "\n登记状态　"
        << in_chinese(company.status) << "\n法定代表人 " << company.legalPerson << "\n注册资本　"
        << company.registeredCapital << " 元\n成立日期　" << company.establishedOn << "\n行政区划　"
        << company.regionCode << ' ' << company.regionName << "\n住　　所　" << company.address
        << "\n经营范围　" << company.businessScope << '\n';
}

void print(std::ostream& out, const _company__FindCompaniesResponse& response) {
    for (const company__CompanySummary* row : response.company)
        out << row->creditCode << ' ' << row->name << ' ' << in_chinese(row->status) << '\n';
    out << "共 " << response.total << " 家\n";
}

}  // namespace hutong::consumer
