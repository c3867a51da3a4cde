def discount(amount, code):
    if code == "HALF":
        return amount / 2
    if code == "TEN":
        return amount - 10
    return amount


def total(prices, code=""):
    return discount(sum(prices), code)
