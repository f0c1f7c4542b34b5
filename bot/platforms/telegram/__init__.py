"""Telegram through python-telegram-bot: polled or called, read update by update, spoken to with manners."""
