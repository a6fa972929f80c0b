/**
 * The active currencies of ISO 4217 and their digits after the point. Precious metals, funds
 * codes, bond units and the testing codes are left out: nobody can pay with them. CLF and UYW are
 * kept, because prices are quoted in them.
 * Source: https://www.six-group.com/en/products-services/financial-information/data-standards.html
 */
export const currencyDigits: ReadonlyMap<string, number> = new Map([
    ...codes(
        2,
        `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
         CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
         GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL
         MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN
         PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
         SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
    ),
    ...codes(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
    ...codes(3, "BHD IQD JOD KWD LYD OMR TND"),
    ...codes(4, "CLF UYW"),
]);

function codes(digits: number, text: string): [string, number][] {
    return text.split(/\s+/).map((code) => [code, digits]);
}
