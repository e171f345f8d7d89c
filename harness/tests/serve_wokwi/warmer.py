"""Sees a simulated TMP36 become warm, through Wokwi's own client."""
import asyncio
from wokwi_client import WokwiClient


async def main():
    client = WokwiClient("any")
    await client.connect()
    await client.upload_file("diagram.json", "boards/nodemcu/diagram.json")
    await client.start_simulation(pause=True)
    client.serial_monitor(lambda data: print(data.decode(), end=""))
    await client.wait_until_simulation_time(1)
    await client.set_control("tmp36", "temperature", 40)
    await client.serial_write("interval 2min\n")
    await client.wait_until_simulation_time(600)
    await client.disconnect()


asyncio.run(main())
