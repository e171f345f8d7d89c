"""Carries out a scenario's steps as wokwi-cli 0.26.1 does, through PyPI's wokwi-client."""
import asyncio
import re
import sys

import yaml
from wokwi_client import WokwiClient

UNITS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def nanos(text):
    number, unit = re.fullmatch(r"([\d.]+)\s*(ns|us|ms|s)", text.strip()).groups()
    return int(float(number) * UNITS[unit])


class Driver:
    def __init__(self, client):
        self.client = client
        self.request = client._transport.request
        self.paused = asyncio.Queue()
        client._transport.add_event_listener("sim:pause", self.paused.put_nowait)
        self.points = 0

    async def wait(self, **condition):
        self.points += 1
        point = f"point {self.points}"
        await self.request("pause-point:add", {"id": point, **condition})
        await self.client.resume_simulation()
        event = await self.paused.get()
        assert event["payload"]["pausePoint"] == point, f"{point}: {event}"

    async def step(self, command, body):
        if command == "delay":
            await self.wait(type="time-relative", nanos=nanos(body))
        elif command == "wait-serial":
            await self.wait(type="serial-bytes", bytes=list(str(body).encode()))
        elif command == "write-serial":
            await self.client.serial_write(body)
        elif command == "set-control":
            name = body.get("name") or body["control"]
            await self.client.set_control(body["part-id"], name, body["value"])
        elif command == "expect-pin":
            pin = await self.client.read_pin(body["part-id"], body.get("name") or body["pin"])
            assert pin["value"] == body["value"], pin
        else:
            raise SystemExit(f"step {command} is not known here")


async def main(path, diagram):
    with open(path, encoding="utf-8") as file:
        scenario = yaml.safe_load(file)
    client = WokwiClient("any")
    await client.connect()
    await client.upload_file("diagram.json", diagram)
    await client._transport.request("serial-monitor:listen", {})
    driver = Driver(client)
    timeout = {"id": "timeout", "type": "time-absolute", "nanos": int(86400e9)}
    await driver.request("pause-point:add", timeout)
    await client.start_simulation(pause=True)
    for step in scenario["steps"]:
        for command, body in step.items():
            if command != "name":
                await driver.step(command, body)
                print(f"{client.last_pause_nanos / 1e9:.6f} s  {command} {body}")
    await client.disconnect()


asyncio.run(main(*sys.argv[1:]))
