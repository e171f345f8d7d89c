from machine import ADC

adc = ADC(0)


def temp(value):
    return value / 10


def fahrenheit(celsius):
    return celsius * (9 / 5) + 32


reading = adc.read()
celsius = temp(reading)

print("TMP36 reading {}\nDegrees Celsius {}\nDegrees Fahrenheit {}".format(
    reading, celsius, fahrenheit(celsius)))
